package org.wardlock.tensor.cpu;

import java.util.Arrays;
import org.wardlock.tensor.spi.Layout;
import org.wardlock.tensor.spi.Operand;

/**
 * Runs a kernel that treats each element by itself over operands of any strides. Where all of them
 * are contiguous it sees them as they are; strided ones are gathered block by block into memory
 * that stays in the first-level cache.
 */
final class Elementwise {
  /** Elements gathered at a time. */
  private static final int BLOCK = 1024;

  /** A kernel over contiguous values. */
  @FunctionalInterface
  interface Kernel {
    /**
     * Computes {@code out[outAt .. outAt + length)}.
     *
     * @param x the inputs' arrays
     * @param at where in them the values lie
     */
    void run(float[][] x, int[] at, float[] out, int outAt, int length);
  }

  private final CpuContext context;
  private final Kernel kernel;
  private final Operand[] inputs;
  private final float[] out;
  private final int outOffset;

  private Elementwise(CpuContext context, Kernel kernel, Operand out, Operand... inputs) {
    this.context = context;
    this.kernel = kernel;
    this.inputs = inputs;
    this.out = Dense.floats(out);
    outOffset = Dense.offset(out);
  }

  /** Computes {@code out}, which is contiguous, from inputs of its shape. */
  static void run(CpuContext context, Kernel kernel, Operand out, Operand... inputs) {
    int count = Math.toIntExact(out.shape().count());
    if (count > 0) {
      Chunks.run(context, count, 1, new Elementwise(context, kernel, out, inputs)::runChunk);
    }
  }

  private void runChunk(int start, int end) {
    float[][] arrays = new float[inputs.length][];
    int[] at = new int[inputs.length];
    Gatherer[] gatherers = new Gatherer[inputs.length];
    boolean gathers = false;
    for (int i = 0; i < inputs.length; i++) {
      arrays[i] = Dense.floats(inputs[i]);
      at[i] = Dense.offset(inputs[i]) + start;
      if (!inputs[i].layout().isContiguous()) {
        gatherers[i] = new Gatherer(arrays[i], inputs[i].layout(), start);
        gathers = true;
      }
    }
    if (gathers) {
      runBlocks(start, end, arrays, at, gatherers);
    } else {
      kernel.run(arrays, at, out, outOffset + start, end - start);
    }
  }

  private void runBlocks(int start, int end, float[][] arrays, int[] at, Gatherer[] gatherers) {
    for (int i = 0; i < arrays.length; i++) {
      if (gatherers[i] != null) {
        arrays[i] = context.take(BLOCK);
      }
    }
    for (int block = start; block < end; block += BLOCK) {
      int length = Math.min(BLOCK, end - block);
      for (int i = 0; i < arrays.length; i++) {
        if (gatherers[i] != null) {
          gatherers[i].gather(arrays[i], length);
          at[i] = 0;
        }
      }
      kernel.run(arrays, at, out, outOffset + block, length);
      for (int i = 0; i < at.length; i++) {
        at[i] += length;
      }
    }
    for (int i = 0; i < arrays.length; i++) {
      if (gatherers[i] != null) {
        context.release(arrays[i]);
      }
    }
  }

  /** Reads the elements of a layout in row-major order. */
  static final class Gatherer {
    private final float[] x;
    private final Walk.Cursor cursor;
    private final int step;
    private final int length;
    private int within;

    /**
     * Starts reading.
     *
     * @param start how many elements to pass over
     */
    Gatherer(float[] x, Layout layout, int start) {
      this.x = x;
      Walk walk = Walk.of(layout);
      length = walk.length();
      step = walk.step(0);
      cursor = walk.at(start / length);
      within = start % length;
    }

    /** Writes the next elements to the front of an array. */
    void gather(float[] out, int count) {
      int done = 0;
      while (done < count) {
        int take = Math.min(length - within, count - done);
        int from = cursor.offset(0) + within * step;
        if (step == 0) {
          Arrays.fill(out, done, done + take, x[from]);
        } else if (step == 1) {
          System.arraycopy(x, from, out, done, take);
        } else {
          Runs.gather(x, from, step, out, done, take);
        }
        done += take;
        within += take;
        if (within == length) {
          within = 0;
          cursor.next();
        }
      }
    }
  }
}
