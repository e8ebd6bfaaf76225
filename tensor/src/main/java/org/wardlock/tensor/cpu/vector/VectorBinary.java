package org.wardlock.tensor.cpu.vector;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.wardlock.tensor.cpu.BinaryKernel;
import org.wardlock.tensor.cpu.ScalarBinary;
import org.wardlock.tensor.spi.BinaryOp;

/**
 * Arithmetic over rows by the Vector API. Each operation has one loop, whatever the steps: a value
 * that stands for a row is written out as one vector, which the loop then loads again and again.
 * What is left of the last vector is the scalar twin's.
 */
public final class VectorBinary implements BinaryKernel {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();

  /** A vector an operand, kept by each thread: rows come too often to allocate. */
  private static final ThreadLocal<float[][]> REPEATED =
      ThreadLocal.withInitial(() -> new float[3][LANES]);

  private final BinaryKernel scalar = new ScalarBinary();

  @Override
  public void binary(
      BinaryOp op,
      float[] a,
      int aOffset,
      int aStep,
      float[] b,
      int bOffset,
      int bStep,
      float[] out,
      int outOffset,
      int length) {
    int whole = SPECIES.loopBound(length);
    float[] as = aStep == 0 ? repeated(0, a, aOffset, whole) : a;
    float[] bs = bStep == 0 ? repeated(1, b, bOffset, whole) : b;
    int aFrom = aStep * aOffset;
    int bFrom = bStep * bOffset;
    switch (op) {
      case ADD -> add(as, aFrom, aStep, bs, bFrom, bStep, out, outOffset, whole);
      case SUBTRACT -> subtract(as, aFrom, aStep, bs, bFrom, bStep, out, outOffset, whole);
      case MULTIPLY -> multiply(as, aFrom, aStep, bs, bFrom, bStep, out, outOffset, whole);
      case DIVIDE -> divide(as, aFrom, aStep, bs, bFrom, bStep, out, outOffset, whole);
      case MINIMUM -> minimum(as, aFrom, aStep, bs, bFrom, bStep, out, outOffset, whole);
      case MAXIMUM -> maximum(as, aFrom, aStep, bs, bFrom, bStep, out, outOffset, whole);
      case LESS -> less(as, aFrom, aStep, bs, bFrom, bStep, out, outOffset, whole);
      case LESS_OR_EQUAL -> lessOrEqual(as, aFrom, aStep, bs, bFrom, bStep, out, outOffset, whole);
      case EQUAL -> equal(as, aFrom, aStep, bs, bFrom, bStep, out, outOffset, whole);
    }
    if (whole < length) {
      scalar.binary(
          op,
          a,
          aOffset + whole * aStep,
          aStep,
          b,
          bOffset + whole * bStep,
          bStep,
          out,
          outOffset + whole,
          length - whole);
    }
  }

  /** One vector of a value. */
  private static float[] repeated(int operand, float[] x, int offset, int whole) {
    float[] lanes = REPEATED.get()[operand];
    if (whole > 0) {
      Arrays.fill(lanes, x[offset]);
    }
    return lanes;
  }

  private static FloatVector load(float[] array, int index) {
    return FloatVector.fromArray(SPECIES, array, index);
  }

  private static FloatVector oneOrZero(VectorMask<Float> mask) {
    return FloatVector.zero(SPECIES).blend(1f, mask);
  }

  private static void add(
      float[] a,
      int aOffset,
      int aStep,
      float[] b,
      int bOffset,
      int bStep,
      float[] out,
      int outOffset,
      int whole) {
    for (int i = 0; i < whole; i += LANES) {
      FloatVector x = load(a, aOffset + i * aStep);
      FloatVector y = load(b, bOffset + i * bStep);
      x.add(y).intoArray(out, outOffset + i);
    }
  }

  private static void subtract(
      float[] a,
      int aOffset,
      int aStep,
      float[] b,
      int bOffset,
      int bStep,
      float[] out,
      int outOffset,
      int whole) {
    for (int i = 0; i < whole; i += LANES) {
      FloatVector x = load(a, aOffset + i * aStep);
      FloatVector y = load(b, bOffset + i * bStep);
      x.sub(y).intoArray(out, outOffset + i);
    }
  }

  private static void multiply(
      float[] a,
      int aOffset,
      int aStep,
      float[] b,
      int bOffset,
      int bStep,
      float[] out,
      int outOffset,
      int whole) {
    for (int i = 0; i < whole; i += LANES) {
      FloatVector x = load(a, aOffset + i * aStep);
      FloatVector y = load(b, bOffset + i * bStep);
      x.mul(y).intoArray(out, outOffset + i);
    }
  }

  private static void divide(
      float[] a,
      int aOffset,
      int aStep,
      float[] b,
      int bOffset,
      int bStep,
      float[] out,
      int outOffset,
      int whole) {
    for (int i = 0; i < whole; i += LANES) {
      FloatVector x = load(a, aOffset + i * aStep);
      FloatVector y = load(b, bOffset + i * bStep);
      x.div(y).intoArray(out, outOffset + i);
    }
  }

  private static void minimum(
      float[] a,
      int aOffset,
      int aStep,
      float[] b,
      int bOffset,
      int bStep,
      float[] out,
      int outOffset,
      int whole) {
    for (int i = 0; i < whole; i += LANES) {
      FloatVector x = load(a, aOffset + i * aStep);
      FloatVector y = load(b, bOffset + i * bStep);
      x.min(y).intoArray(out, outOffset + i);
    }
  }

  private static void maximum(
      float[] a,
      int aOffset,
      int aStep,
      float[] b,
      int bOffset,
      int bStep,
      float[] out,
      int outOffset,
      int whole) {
    for (int i = 0; i < whole; i += LANES) {
      FloatVector x = load(a, aOffset + i * aStep);
      FloatVector y = load(b, bOffset + i * bStep);
      x.max(y).intoArray(out, outOffset + i);
    }
  }

  private static void less(
      float[] a,
      int aOffset,
      int aStep,
      float[] b,
      int bOffset,
      int bStep,
      float[] out,
      int outOffset,
      int whole) {
    for (int i = 0; i < whole; i += LANES) {
      FloatVector x = load(a, aOffset + i * aStep);
      FloatVector y = load(b, bOffset + i * bStep);
      oneOrZero(x.compare(VectorOperators.LT, y)).intoArray(out, outOffset + i);
    }
  }

  private static void lessOrEqual(
      float[] a,
      int aOffset,
      int aStep,
      float[] b,
      int bOffset,
      int bStep,
      float[] out,
      int outOffset,
      int whole) {
    for (int i = 0; i < whole; i += LANES) {
      FloatVector x = load(a, aOffset + i * aStep);
      FloatVector y = load(b, bOffset + i * bStep);
      oneOrZero(x.compare(VectorOperators.LE, y)).intoArray(out, outOffset + i);
    }
  }

  private static void equal(
      float[] a,
      int aOffset,
      int aStep,
      float[] b,
      int bOffset,
      int bStep,
      float[] out,
      int outOffset,
      int whole) {
    for (int i = 0; i < whole; i += LANES) {
      FloatVector x = load(a, aOffset + i * aStep);
      FloatVector y = load(b, bOffset + i * bStep);
      oneOrZero(x.compare(VectorOperators.EQ, y)).intoArray(out, outOffset + i);
    }
  }

  @Override
  public void multiplyAdd(
      float[] a,
      int aOffset,
      int aStep,
      float[] b,
      int bOffset,
      int bStep,
      float[] c,
      int cOffset,
      int cStep,
      float[] out,
      int outOffset,
      int length) {
    int whole = SPECIES.loopBound(length);
    float[] as = aStep == 0 ? repeated(0, a, aOffset, whole) : a;
    float[] bs = bStep == 0 ? repeated(1, b, bOffset, whole) : b;
    float[] cs = cStep == 0 ? repeated(2, c, cOffset, whole) : c;
    int aFrom = aStep * aOffset;
    int bFrom = bStep * bOffset;
    int cFrom = cStep * cOffset;
    for (int i = 0; i < whole; i += LANES) {
      FloatVector x = load(as, aFrom + i * aStep);
      FloatVector y = load(bs, bFrom + i * bStep);
      x.fma(y, load(cs, cFrom + i * cStep)).intoArray(out, outOffset + i);
    }
    if (whole < length) {
      scalar.multiplyAdd(
          a,
          aOffset + whole * aStep,
          aStep,
          b,
          bOffset + whole * bStep,
          bStep,
          c,
          cOffset + whole * cStep,
          cStep,
          out,
          outOffset + whole,
          length - whole);
    }
  }

  @Override
  public void where(
      float[] condition,
      int conditionOffset,
      int conditionStep,
      float[] a,
      int aOffset,
      int aStep,
      float[] b,
      int bOffset,
      int bStep,
      float[] out,
      int outOffset,
      int length) {
    int whole = SPECIES.loopBound(length);
    float[] conditions =
        conditionStep == 0 ? repeated(2, condition, conditionOffset, whole) : condition;
    float[] as = aStep == 0 ? repeated(0, a, aOffset, whole) : a;
    float[] bs = bStep == 0 ? repeated(1, b, bOffset, whole) : b;
    int conditionFrom = conditionStep * conditionOffset;
    int aFrom = aStep * aOffset;
    int bFrom = bStep * bOffset;
    for (int i = 0; i < whole; i += LANES) {
      var second = load(conditions, conditionFrom + i * conditionStep).eq(0f);
      FloatVector x = load(as, aFrom + i * aStep);
      x.blend(load(bs, bFrom + i * bStep), second).intoArray(out, outOffset + i);
    }
    if (whole < length) {
      scalar.where(
          condition,
          conditionOffset + whole * conditionStep,
          conditionStep,
          a,
          aOffset + whole * aStep,
          aStep,
          b,
          bOffset + whole * bStep,
          bStep,
          out,
          outOffset + whole,
          length - whole);
    }
  }

  @Override
  public void affine(
      float[] x, int xOffset, float scale, float shift, float[] out, int outOffset, int length) {
    int whole = SPECIES.loopBound(length);
    for (int i = 0; i < whole; i += LANES) {
      load(x, xOffset + i).fma(scale, shift).intoArray(out, outOffset + i);
    }
    if (whole < length) {
      scalar.affine(x, xOffset + whole, scale, shift, out, outOffset + whole, length - whole);
    }
  }

  @Override
  public void clamp(
      float[] x, int xOffset, float low, float high, float[] out, int outOffset, int length) {
    int whole = SPECIES.loopBound(length);
    for (int i = 0; i < whole; i += LANES) {
      load(x, xOffset + i).max(low).min(high).intoArray(out, outOffset + i);
    }
    if (whole < length) {
      scalar.clamp(x, xOffset + whole, low, high, out, outOffset + whole, length - whole);
    }
  }
}
