package org.wardlock.tensor.testing;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntToDoubleFunction;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.spi.Layout;

/**
 * What an operand holds, in double precision and row-major order: what references compute with.
 *
 * @param shape the extents
 * @param data as many values as the shape counts; belongs to this record
 */
public record Values(Shape shape, double[] data) {
  /** Checks that the data fill the shape. */
  public Values {
    if (data.length != shape.count()) {
      throw new IllegalArgumentException(data.length + " values do not fill " + shape);
    }
  }

  /** Values given by their index in row-major order. */
  public static Values of(Shape shape, IntToDoubleFunction value) {
    double[] data = new double[Math.toIntExact(shape.count())];
    Arrays.setAll(data, value);
    return new Values(shape, data);
  }

  /** Normally distributed values that a float holds exactly; the same for the same seed. */
  public static Values normal(long seed, Shape shape) {
    var random = new SplittableRandom(seed);
    return of(shape, _ -> (float) random.nextGaussian());
  }

  /** Uniform values in [0, 1) that a float holds exactly. */
  public static Values uniform(long seed, Shape shape) {
    var random = new SplittableRandom(seed);
    return of(shape, _ -> random.nextInt(1 << 24) * 0x1p-24);
  }

  /** Whole numbers from 0 to bound - 1. */
  public static Values integers(long seed, Shape shape, int bound) {
    var random = new SplittableRandom(seed);
    return of(shape, _ -> random.nextInt(bound));
  }

  /** A vector. */
  public static Values vector(double... data) {
    return new Values(Shape.of(data.length), data);
  }

  /** A function of each value, rounded to float. */
  public Values map(DoubleUnaryOperator function) {
    return of(shape, i -> (float) function.applyAsDouble(data[i]));
  }

  /** The values that a layout over this data names. */
  public Values view(Layout layout) {
    long[] positions = Positions.of(layout);
    return of(layout.shape(), i -> data[(int) positions[i]]);
  }

  /** One entry of the outermost axis, which stays with extent 1. */
  public Values entry(int index) {
    return view(Layout.contiguous(shape).slice(0, index, index + 1));
  }

  /** As floats. */
  public float[] floats() {
    float[] floats = new float[data.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) data[i];
    }
    return floats;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Values values
        && shape.equals(values.shape)
        && Arrays.equals(data, values.data);
  }

  @Override
  public int hashCode() {
    return 31 * shape.hashCode() + Arrays.hashCode(data);
  }

  /** The shape and the first few values. */
  @Override
  public String toString() {
    return shape + " " + Arrays.toString(Arrays.copyOf(data, Math.min(8, data.length)));
  }
}
