package org.wardlock.tensor.cpu;

import org.wardlock.tensor.cpu.OptimizerKernel.AdamRates;
import org.wardlock.tensor.spi.AdamSettings;
import org.wardlock.tensor.spi.Operand;
import org.wardlock.tensor.spi.SgdSettings;

/** Optimiser steps over flat, contiguous parameters, cut among the threads. */
final class Updating {
  private final OptimizerKernel kernel;
  private final CpuContext context;

  Updating(OptimizerKernel kernel, CpuContext context) {
    this.kernel = kernel;
    this.context = context;
  }

  /** {@link org.wardlock.tensor.spi.Backend#sgdStep}. */
  void sgd(SgdSettings settings, Operand p, Operand g, Operand buffer, Operand lr) {
    float learningRate = Dense.floats(lr)[Dense.offset(lr)];
    FloatSlice parameters = Dense.slice(p);
    FloatSlice momentum = Dense.slice(buffer);
    try (Dense gradient = Dense.of(g, context)) {
      Chunks.run(
          context,
          Math.toIntExact(p.shape().count()),
          1,
          (start, end) ->
              kernel.sgd(
                  settings,
                  learningRate,
                  parameters.data(),
                  parameters.offset() + start,
                  gradient.floats(),
                  gradient.offset() + start,
                  momentum.data(),
                  momentum.offset() + start,
                  end - start));
    }
  }

  /** {@link org.wardlock.tensor.spi.Backend#adamStep}. */
  void adam(AdamSettings settings, Operand p, Operand g, Operand m, Operand v, Operand scalars) {
    FloatSlice parameters = Dense.slice(p);
    FloatSlice first = Dense.slice(m);
    FloatSlice second = Dense.slice(v);
    try (Dense gradient = Dense.of(g, context);
        Dense numbers = Dense.of(scalars, context)) {
      float[] values = numbers.floats();
      int at = numbers.offset();
      AdamRates rates = AdamRates.of(settings, values[at], values[at + 1], values[at + 2]);
      Chunks.run(
          context,
          Math.toIntExact(p.shape().count()),
          1,
          (start, end) ->
              kernel.adam(
                  rates,
                  parameters.data(),
                  parameters.offset() + start,
                  gradient.floats(),
                  gradient.offset() + start,
                  first.data(),
                  first.offset() + start,
                  second.data(),
                  second.offset() + start,
                  end - start));
    }
  }
}
