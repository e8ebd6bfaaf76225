package org.wardlock.tensor.cpu;

import static org.wardlock.tensor.cpu.Fma.fma;

import org.wardlock.tensor.spi.SgdSettings;

/** Steps of optimisers without the Vector API. */
public final class ScalarOptimizer implements OptimizerKernel {
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
    float decay = settings.weightDecay();
    float momentum = settings.momentum();
    for (int i = 0; i < length; i++) {
      float parameter = p[pOffset + i];
      float step = fma(decay, parameter, g[gOffset + i]);
      if (momentum != 0f) {
        float velocity = fma(momentum, buffer[bufferOffset + i], step);
        buffer[bufferOffset + i] = velocity;
        step = settings.nesterov() ? fma(momentum, velocity, step) : velocity;
      }
      p[pOffset + i] = fma(-learningRate, step, parameter);
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
    for (int i = 0; i < length; i++) {
      float gradient = fma(rates.penalty(), p[pOffset + i], g[gOffset + i]);
      float first = fma(rates.oneMinusBeta1(), gradient - m[mOffset + i], m[mOffset + i]);
      float second =
          fma(rates.oneMinusBeta2() * gradient, gradient, rates.beta2() * v[vOffset + i]);
      m[mOffset + i] = first;
      v[vOffset + i] = second;
      float root = (float) Math.sqrt(second) / rates.root() + rates.epsilon();
      p[pOffset + i] = fma(-rates.rate(), first / root, rates.keep() * p[pOffset + i]);
    }
  }
}
