package org.wardlock.tensor.cpu;

import java.util.Arrays;
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
     * @param at where in them the inputs begin
     * @param from how far behind that the values lie, in each of them
     */
    void run(float[][] x, int[] at, int from, float[] out, int outAt, int length);
  }

  private final CpuContext context;
  private final Kernel kernel;
  private final float[] out;
  private final int outOffset;

  /** How to read each input that is not contiguous; null for those that are. */
  private final Walk[] walks;

  private final float[][] arrays;
  private final int[] offsets;
  private boolean contiguous = true;

  private Elementwise(CpuContext context, Kernel kernel, Operand out, Operand... inputs) {
    this.context = context;
    this.kernel = kernel;
    this.out = Dense.floats(out);
    outOffset = Dense.offset(out);
    walks = new Walk[inputs.length];
    arrays = new float[inputs.length][];
    offsets = new int[inputs.length];
    for (int i = 0; i < inputs.length; i++) {
      arrays[i] = Dense.floats(inputs[i]);
      offsets[i] = Dense.offset(inputs[i]);
      if (!inputs[i].layout().isContiguous()) {
        walks[i] = Walk.of(inputs[i].layout());
        contiguous = false;
      }
    }
  }

  /** Computes {@code out}, which is contiguous, from inputs of its shape. */
  static void run(CpuContext context, Kernel kernel, Operand out, Operand... inputs) {
    int count = Math.toIntExact(out.shape().count());
    if (count == 0) {
      return;
    }
    var work = new Elementwise(context, kernel, out, inputs);
    Chunks.run(context, count, 1, work.contiguous ? work::runAsTheyAre : work::runGathered);
  }

  private void runAsTheyAre(int start, int end) {
    kernel.run(arrays, offsets, start, out, outOffset + start, end - start);
  }

  private void runGathered(int start, int end) {
    Gatherer[] gatherers = new Gatherer[walks.length];
    float[][] x = arrays.clone();
    int[] at = offsets.clone();
    for (int i = 0; i < walks.length; i++) {
      if (walks[i] != null) {
        gatherers[i] = new Gatherer(arrays[i], walks[i], start);
        x[i] = context.take(BLOCK);
      }
    }
    for (int from = start; from < end; from += BLOCK) {
      int length = Math.min(BLOCK, end - from);
      for (int i = 0; i < walks.length; i++) {
        if (gatherers[i] != null) {
          gatherers[i].gather(x[i], length);
          at[i] = -from; // the block itself begins at 0
        }
      }
      kernel.run(x, at, from, out, outOffset + from, length);
    }
    for (int i = 0; i < walks.length; i++) {
      if (gatherers[i] != null) {
        context.release(x[i]);
      }
    }
  }

  /** Reads the elements of a walk in order. */
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
    Gatherer(float[] x, Walk walk, int start) {
      this.x = x;
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
