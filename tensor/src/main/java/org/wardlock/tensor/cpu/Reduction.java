package org.wardlock.tensor.cpu;

import java.util.Arrays;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.spi.Layout;
import org.wardlock.tensor.spi.Operand;
import org.wardlock.tensor.spi.ReduceOp;

/**
 * Sums, means and extrema over some axes. However the operand lies, element j of the reduced extent
 * goes to lane j % 16, in ascending order of j: three ways to visit the elements, one order.
 */
final class Reduction {
  private static final int LANES = LaneKernel.LANES;

  /** Columns whose lanes stay in the first-level cache together. */
  private static final int COLUMNS = 128;

  /** With fewer neighbouring columns they are reduced one by one. */
  private static final int FEW_COLUMNS = 16;

  private static final int BLOCK = 1024;

  private final ReduceOp op;
  private final LaneKernel kernel;
  private final KernelContext context;
  private final float[] x;
  private final float[] out;
  private final int outAt;

  /** The kept axes, from the operand's offset on. */
  private final Walk kept;

  /** The reduced axes, from 0 on. */
  private final Walk reduced;

  private final int count;

  private Reduction(
      ReduceOp op, LaneKernel kernel, Operand x, int[] axes, Operand out, KernelContext context) {
    this.op = op;
    this.kernel = kernel;
    this.context = context;
    this.x = Dense.floats(x);
    this.out = Dense.floats(out);
    outAt = Dense.offset(out);
    Layout layout = x.layout();
    boolean[] isReduced = new boolean[layout.shape().rank()];
    for (int axis : axes) {
      isReduced[axis] = true;
    }
    kept = walk(layout, isReduced, false, layout.offset());
    reduced = walk(layout, isReduced, true, 0);
    count = reduced.runs() * reduced.length();
  }

  private static Walk walk(Layout layout, boolean[] isReduced, boolean wanted, long offset) {
    int[] extents = layout.shape().toArray();
    for (int axis = 0; axis < extents.length; axis++) {
      if (isReduced[axis] != wanted) {
        extents[axis] = 1;
      }
    }
    return Walk.of(Layout.of(Shape.of(extents), layout.strides(), offset));
  }

  /** {@link org.wardlock.tensor.spi.Backend#reduce}. */
  static void reduce(
      ReduceOp op, LaneKernel kernel, Operand x, int[] axes, Operand out, KernelContext context) {
    if (x.shape().count() > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "cpu: reducing " + x.shape() + ": at most 2^31 - 1 elements; reduce parts of it");
    }
    if (out.shape().count() > 0) {
      new Reduction(op, kernel, x, axes, out, context).run();
    }
  }

  private void run() {
    boolean alongRuns = reduced.step(0) == 1 || count <= 1;
    if (!alongRuns && kept.step(0) == 1 && kept.length() >= FEW_COLUMNS) {
      int blocks = (kept.length() + COLUMNS - 1) / COLUMNS;
      Chunks.run(
          context,
          kept.runs() * blocks,
          Math.min(COLUMNS, kept.length()) * count,
          (start, end) -> reduceColumns(start, end, blocks));
    } else {
      Chunks.run(
          context,
          kept.runs() * kept.length(),
          count,
          alongRuns ? this::reduceAlongRuns : this::reduceGathered);
    }
  }

  /** Each kept element by itself; what is reduced lies in runs. */
  private void reduceAlongRuns(int start, int end) {
    float[] lanes = context.take(LANES);
    Walk.Cursor place = kept.at(start / kept.length());
    Walk.Cursor run = reduced.at(0);
    for (int element = start; element < end; element++) {
      int within = element % kept.length();
      int from = place.offset(0) + within * kept.step(0);
      Arrays.fill(lanes, Lanes.start(op));
      int taken = 0;
      for (int i = 0; i < reduced.runs() && count > 0; i++, run.next()) {
        Lanes.take(kernel, op, x, from + run.offset(0), reduced.length(), lanes, taken % LANES);
        taken += reduced.length();
      }
      out[outAt + element] = Lanes.join(op, lanes, count);
      if (within == kept.length() - 1) {
        place.next();
      }
    }
    context.release(lanes);
  }

  /** Each kept element by itself; what is reduced is first brought together. */
  private void reduceGathered(int start, int end) {
    float[] lanes = context.take(LANES);
    float[] block = context.take(BLOCK);
    Walk.Cursor place = kept.at(start / kept.length());
    Walk.Cursor run = reduced.at(0);
    for (int element = start; element < end; element++) {
      int within = element % kept.length();
      int from = place.offset(0) + within * kept.step(0);
      Arrays.fill(lanes, Lanes.start(op));
      int held = 0;
      for (int i = 0; i < reduced.runs(); i++, run.next()) {
        for (int done = 0; done < reduced.length(); ) {
          int length = Math.min(BLOCK - held, reduced.length() - done);
          int at = from + run.offset(0) + done * reduced.step(0);
          Runs.gather(x, at, reduced.step(0), block, held, length);
          held += length;
          done += length;
          if (held == BLOCK) {
            Lanes.take(kernel, op, block, 0, BLOCK, lanes, 0);
            held = 0;
          }
        }
      }
      Lanes.take(kernel, op, block, 0, held, lanes, 0);
      out[outAt + element] = Lanes.join(op, lanes, count);
      if (within == kept.length() - 1) {
        place.next();
      }
    }
    context.release(block);
    context.release(lanes);
  }

  /** Neighbouring kept elements together: rows of them are added to rows of lanes. */
  private void reduceColumns(int start, int end, int blocks) {
    float[] lanes = context.take(LANES * COLUMNS);
    Walk.Cursor place = kept.at(start / blocks);
    Walk.Cursor run = reduced.at(0);
    for (int unit = start; unit < end; unit++) {
      int first = unit % blocks * COLUMNS;
      int columns = Math.min(COLUMNS, kept.length() - first);
      Arrays.fill(lanes, 0, LANES * columns, Lanes.start(op));
      int row = 0;
      for (int i = 0; i < reduced.runs(); i++, run.next()) {
        int from = place.offset(0) + first + run.offset(0);
        for (int j = 0; j < reduced.length(); j++, row++) {
          combine(x, from + j * reduced.step(0), lanes, row % LANES * columns, columns);
        }
      }
      for (int half = LANES / 2; half > 0; half /= 2) {
        combine(lanes, half * columns, lanes, 0, half * columns);
      }
      int target = outAt + unit / blocks * kept.length() + first;
      for (int column = 0; column < columns; column++) {
        out[target + column] = op == ReduceOp.MEAN ? lanes[column] / count : lanes[column];
      }
      if (unit % blocks == blocks - 1) {
        place.next();
      }
    }
    context.release(lanes);
  }

  private void combine(float[] values, int at, float[] lanes, int laneAt, int length) {
    switch (op) {
      case SUM, MEAN -> {
        for (int i = 0; i < length; i++) {
          lanes[laneAt + i] += values[at + i];
        }
      }
      case MAX -> {
        for (int i = 0; i < length; i++) {
          lanes[laneAt + i] = Math.max(lanes[laneAt + i], values[at + i]);
        }
      }
      case MIN -> {
        for (int i = 0; i < length; i++) {
          lanes[laneAt + i] = Math.min(lanes[laneAt + i], values[at + i]);
        }
      }
    }
  }
}
