package org.wardlock.tensor.cpu.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.wardlock.tensor.cpu.OptimizerKernel;
import org.wardlock.tensor.cpu.ScalarOptimizer;
import org.wardlock.tensor.spi.SgdSettings;

/** Steps of optimisers by the Vector API; the rest of the last vector is the scalar twin's. */
public final class VectorOptimizer implements OptimizerKernel {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();

  private final OptimizerKernel scalar = new ScalarOptimizer();

  @Override
  public void sgd(
      SgdSettings settings,
      float learningRate,
      float[] p,
      int pOffset,
      float[] g,
      int gOffset,
      float[] buffer,
      int bufferOffset,
      int length) {
    int whole = SPECIES.loopBound(length);
    float decay = settings.weightDecay();
    float momentum = settings.momentum();
    // Large parameters move at the speed of memory: one pass, whatever the settings.
    if (momentum == 0f) {
      plain(learningRate, decay, p, pOffset, g, gOffset, whole);
    } else if (settings.nesterov()) {
      nesterov(learningRate, decay, momentum, p, pOffset, g, gOffset, buffer, bufferOffset, whole);
    } else {
      heavy(learningRate, decay, momentum, p, pOffset, g, gOffset, buffer, bufferOffset, whole);
    }
    scalar.sgd(
        settings,
        learningRate,
        p,
        pOffset + whole,
        g,
        gOffset + whole,
        buffer,
        bufferOffset + whole,
        length - whole);
  }

  private static FloatVector load(float[] array, int index) {
    return FloatVector.fromArray(SPECIES, array, index);
  }

  private static void plain(
      float rate, float decay, float[] p, int pOffset, float[] g, int gOffset, int whole) {
    FloatVector decays = FloatVector.broadcast(SPECIES, decay);
    FloatVector down = FloatVector.broadcast(SPECIES, -rate);
    for (int i = 0; i < whole; i += LANES) {
      FloatVector parameter = load(p, pOffset + i);
      FloatVector step = decays.fma(parameter, load(g, gOffset + i));
      down.fma(step, parameter).intoArray(p, pOffset + i);
    }
  }

  private static void heavy(
      float rate,
      float decay,
      float momentum,
      float[] p,
      int pOffset,
      float[] g,
      int gOffset,
      float[] buffer,
      int bufferOffset,
      int whole) {
    FloatVector decays = FloatVector.broadcast(SPECIES, decay);
    FloatVector momenta = FloatVector.broadcast(SPECIES, momentum);
    FloatVector down = FloatVector.broadcast(SPECIES, -rate);
    for (int i = 0; i < whole; i += LANES) {
      FloatVector parameter = load(p, pOffset + i);
      FloatVector step = decays.fma(parameter, load(g, gOffset + i));
      FloatVector velocity = momenta.fma(load(buffer, bufferOffset + i), step);
      velocity.intoArray(buffer, bufferOffset + i);
      down.fma(velocity, parameter).intoArray(p, pOffset + i);
    }
  }

  private static void nesterov(
      float rate,
      float decay,
      float momentum,
      float[] p,
      int pOffset,
      float[] g,
      int gOffset,
      float[] buffer,
      int bufferOffset,
      int whole) {
    FloatVector decays = FloatVector.broadcast(SPECIES, decay);
    FloatVector momenta = FloatVector.broadcast(SPECIES, momentum);
    FloatVector down = FloatVector.broadcast(SPECIES, -rate);
    for (int i = 0; i < whole; i += LANES) {
      FloatVector parameter = load(p, pOffset + i);
      FloatVector step = decays.fma(parameter, load(g, gOffset + i));
      FloatVector velocity = momenta.fma(load(buffer, bufferOffset + i), step);
      velocity.intoArray(buffer, bufferOffset + i);
      down.fma(momenta.fma(velocity, step), parameter).intoArray(p, pOffset + i);
    }
  }

  @Override
  public void adam(
      AdamRates rates,
      float[] p,
      int pOffset,
      float[] g,
      int gOffset,
      float[] m,
      int mOffset,
      float[] v,
      int vOffset,
      int length) {
    int whole = SPECIES.loopBound(length);
    FloatVector penalty = FloatVector.broadcast(SPECIES, rates.penalty());
    FloatVector share1 = FloatVector.broadcast(SPECIES, rates.oneMinusBeta1());
    FloatVector down = FloatVector.broadcast(SPECIES, -rates.rate());
    for (int i = 0; i < whole; i += LANES) {
      FloatVector parameter = load(p, pOffset + i);
      FloatVector gradient = penalty.fma(parameter, load(g, gOffset + i));
      FloatVector before = load(m, mOffset + i);
      FloatVector kept = load(v, vOffset + i).mul(rates.beta2());
      FloatVector first = share1.fma(gradient.sub(before), before);
      FloatVector second = gradient.mul(rates.oneMinusBeta2()).fma(gradient, kept);
      first.intoArray(m, mOffset + i);
      second.intoArray(v, vOffset + i);
      FloatVector root = second.sqrt().div(rates.root()).add(rates.epsilon());
      down.fma(first.div(root), parameter.mul(rates.keep())).intoArray(p, pOffset + i);
    }
    scalar.adam(
        rates,
        p,
        pOffset + whole,
        g,
        gOffset + whole,
        m,
        mOffset + whole,
        v,
        vOffset + whole,
        length - whole);
  }
}
