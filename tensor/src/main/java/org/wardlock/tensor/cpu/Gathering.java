package org.wardlock.tensor.cpu;

import org.wardlock.tensor.spi.Layout;
import org.wardlock.tensor.spi.Operand;

/** Picks and adds slices along an axis, by index. */
final class Gathering {
  private Gathering() {}

  /** Slices shorter than this are not worth a copy each: the index is then the inner loop. */
  private static final int SHORT = 8;

  /**
   * {@code out[.., i, ..] = x[.., index[i], ..]}.
   *
   * @throws IndexOutOfBoundsException if the index names a slice that x does not have
   */
  static void gather(Operand x, int axis, Operand index, Operand out, CpuContext context) {
    int picks = index.shape().extent(0);
    try (Dense picked = Dense.of(index, context)) {
      requireRange("gather", picked, picks, x.shape().extent(axis));
      if (out.shape().count() == 0) {
        return;
      }
      // What is left when the axis is taken away has one shape in both.
      Walk rest = Walk.of(first(x.layout(), axis), first(out.layout(), axis));
      int step = Math.toIntExact(x.layout().stride(axis));
      int outStep = Math.toIntExact(out.layout().stride(axis));
      boolean elements = outStep == 1 || rest.length() < SHORT;
      int units = elements ? rest.length() : picks;
      Chunks.run(
          context,
          rest.runs() * units,
          elements ? picks : rest.length(),
          (start, end) -> {
            Walk.Cursor slice = rest.at(start / units);
            for (int unit = start; unit < end; unit++) {
              int within = unit % units;
              if (elements) {
                pick(x, out, slice, rest, within, picked, picks, step, outStep);
              } else {
                int pick = ((int[]) picked.array())[picked.offset() + within];
                Runs.copy(
                    Dense.array(x),
                    slice.offset(0) + pick * step,
                    rest.step(0),
                    Dense.array(out),
                    slice.offset(1) + within * outStep,
                    rest.step(1),
                    rest.length());
              }
              if (within == units - 1) {
                slice.next();
              }
            }
          });
    }
  }

  /** Picks one element of each slice. */
  private static void pick(
      Operand x,
      Operand out,
      Walk.Cursor slice,
      Walk rest,
      int within,
      Dense picked,
      int picks,
      int step,
      int outStep) {
    Object from = Dense.array(x);
    Object to = Dense.array(out);
    int[] index = (int[]) picked.array();
    int indexAt = picked.offset();
    int at = slice.offset(0) + within * rest.step(0);
    int outAt = slice.offset(1) + within * rest.step(1);
    switch (from) {
      case float[] values -> {
        float[] target = (float[]) to;
        for (int i = 0; i < picks; i++) {
          target[outAt + i * outStep] = values[at + index[indexAt + i] * step];
        }
      }
      case byte[] values -> {
        byte[] target = (byte[]) to;
        for (int i = 0; i < picks; i++) {
          target[outAt + i * outStep] = values[at + index[indexAt + i] * step];
        }
      }
      default -> {
        for (int i = 0; i < picks; i++) {
          System.arraycopy(from, at + index[indexAt + i] * step, to, outAt + i * outStep, 1);
        }
      }
    }
  }

  /**
   * {@code out[.., index[i], ..] += x[.., i, ..]}, in ascending order of i.
   *
   * @throws IndexOutOfBoundsException if the index names a slice that out does not have
   */
  static void scatterAdd(Operand x, int axis, Operand index, Operand out, CpuContext context) {
    int picks = index.shape().extent(0);
    try (Dense picked = Dense.of(index, context)) {
      requireRange("scatterAdd", picked, picks, out.shape().extent(axis));
      if (x.shape().count() == 0) {
        return;
      }
      Walk rest = Walk.of(first(x.layout(), axis), first(out.layout(), axis));
      int step = Math.toIntExact(x.layout().stride(axis));
      int outStep = Math.toIntExact(out.layout().stride(axis));
      // A piece owns some columns of the rest and does the whole index for them.
      int columns = Chunks.size(rest.length(), picks);
      int pieces = Chunks.count(rest.length(), columns);
      Chunks.run(
          context,
          rest.runs() * pieces,
          columns * picks,
          (start, end) -> {
            Walk.Cursor slice = rest.at(start / pieces);
            for (int unit = start; unit < end; unit++) {
              int first = unit % pieces * columns;
              int length = Math.min(columns, rest.length() - first);
              int xAt = slice.offset(0) + first * rest.step(0);
              int outAt = slice.offset(1) + first * rest.step(1);
              for (int i = 0; i < picks; i++) {
                int pick = ((int[]) picked.array())[picked.offset() + i];
                add(
                    Dense.floats(x),
                    xAt + i * step,
                    rest.step(0),
                    Dense.floats(out),
                    outAt + pick * outStep,
                    rest.step(1),
                    length);
              }
              if (unit % pieces == pieces - 1) {
                slice.next();
              }
            }
          });
    }
  }

  private static void add(
      float[] x, int xAt, int xStep, float[] out, int outAt, int outStep, int length) {
    for (int i = 0; i < length; i++) {
      out[outAt + i * outStep] += x[xAt + i * xStep];
    }
  }

  private static Layout first(Layout layout, int axis) {
    return layout.slice(axis, 0, Math.min(1, layout.shape().extent(axis)));
  }

  private static void requireRange(String operation, Dense picked, int picks, int extent) {
    int[] index = (int[]) picked.array();
    for (int i = 0; i < picks; i++) {
      int pick = index[picked.offset() + i];
      if (pick < 0 || pick >= extent) {
        throw new IndexOutOfBoundsException(
            operation + ": index[" + i + "] is " + pick + ", must be in [0," + extent + ")");
      }
    }
  }
}
