package org.wardlock.tensor.cpu.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.wardlock.tensor.cpu.NormKernel;
import org.wardlock.tensor.cpu.ScalarNorm;

/**
 * Steps of normalisation and softmax by the Vector API; the rest of the last vector is the scalar
 * twin's.
 */
public final class VectorNorm implements NormKernel {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();

  private final NormKernel scalar = new ScalarNorm();

  private static FloatVector load(float[] array, int index) {
    return FloatVector.fromArray(SPECIES, array, index);
  }

  @Override
  public void scale(
      float[] x,
      int xOffset,
      float center,
      float scale,
      float shift,
      float[] out,
      int outOffset,
      int length) {
    int whole = SPECIES.loopBound(length);
    for (int i = 0; i < whole; i += LANES) {
      load(x, xOffset + i).sub(center).fma(scale, shift).intoArray(out, outOffset + i);
    }
    scalar.scale(x, xOffset + whole, center, scale, shift, out, outOffset + whole, length - whole);
  }

  @Override
  public void normalize(
      float[] x,
      int xOffset,
      float[] weight,
      int weightOffset,
      float[] bias,
      int biasOffset,
      float center,
      float scale,
      float[] out,
      int outOffset,
      int length) {
    int whole = SPECIES.loopBound(length);
    for (int i = 0; i < whole; i += LANES) {
      FloatVector values = load(x, xOffset + i);
      FloatVector weights = load(weight, weightOffset + i);
      FloatVector biases = load(bias, biasOffset + i);
      values.sub(center).mul(scale).fma(weights, biases).intoArray(out, outOffset + i);
    }
    scalar.normalize(
        x,
        xOffset + whole,
        weight,
        weightOffset + whole,
        bias,
        biasOffset + whole,
        center,
        scale,
        out,
        outOffset + whole,
        length - whole);
  }

  @Override
  public void project(
      float[] x,
      int xOffset,
      float[] g,
      int gOffset,
      float center,
      float slope,
      float average,
      float factor,
      float[] out,
      int outOffset,
      int length) {
    int whole = SPECIES.loopBound(length);
    FloatVector slopes = FloatVector.broadcast(SPECIES, slope);
    for (int i = 0; i < whole; i += LANES) {
      FloatVector values = load(x, xOffset + i);
      FloatVector gradients = load(g, gOffset + i);
      values
          .sub(center)
          .fma(slopes, gradients.sub(average))
          .mul(factor)
          .intoArray(out, outOffset + i);
    }
    scalar.project(
        x,
        xOffset + whole,
        g,
        gOffset + whole,
        center,
        slope,
        average,
        factor,
        out,
        outOffset + whole,
        length - whole);
  }

  @Override
  public void accumulate(
      float[] x,
      int xOffset,
      float[] g,
      int gOffset,
      float center,
      float scale,
      float[] out,
      int outOffset,
      int length) {
    int whole = SPECIES.loopBound(length);
    for (int i = 0; i < whole; i += LANES) {
      FloatVector values = load(x, xOffset + i);
      FloatVector gradients = load(g, gOffset + i);
      FloatVector sums = load(out, outOffset + i);
      values.sub(center).mul(scale).fma(gradients, sums).intoArray(out, outOffset + i);
    }
    scalar.accumulate(
        x,
        xOffset + whole,
        g,
        gOffset + whole,
        center,
        scale,
        out,
        outOffset + whole,
        length - whole);
  }

  @Override
  public void weigh(
      float[] y,
      int yOffset,
      float[] g,
      int gOffset,
      float average,
      float[] out,
      int outOffset,
      int length) {
    int whole = SPECIES.loopBound(length);
    for (int i = 0; i < whole; i += LANES) {
      FloatVector weights = load(y, yOffset + i);
      FloatVector gradients = load(g, gOffset + i);
      weights.mul(gradients.sub(average)).intoArray(out, outOffset + i);
    }
    scalar.weigh(
        y, yOffset + whole, g, gOffset + whole, average, out, outOffset + whole, length - whole);
  }

  @Override
  public void combine(
      float[] x,
      int xOffset,
      float[] y,
      int yOffset,
      float factor,
      float sign,
      float[] out,
      int outOffset,
      int length) {
    int whole = SPECIES.loopBound(length);
    FloatVector factors = FloatVector.broadcast(SPECIES, factor);
    for (int i = 0; i < whole; i += LANES) {
      FloatVector values = load(x, xOffset + i);
      FloatVector others = load(y, yOffset + i);
      factors.fma(values, others.mul(sign)).intoArray(out, outOffset + i);
    }
    scalar.combine(
        x,
        xOffset + whole,
        y,
        yOffset + whole,
        factor,
        sign,
        out,
        outOffset + whole,
        length - whole);
  }
}
