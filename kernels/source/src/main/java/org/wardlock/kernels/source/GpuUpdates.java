package org.wardlock.kernels.source;

import org.wardlock.tensor.spi.AdamSettings;
import org.wardlock.tensor.spi.Operand;
import org.wardlock.tensor.spi.SgdSettings;

/** Steps of optimisers, in place, in one pass over parameters, gradients and state. */
final class GpuUpdates {
  private static final String FAMILY = "update";

  private final KernelLibrary kernels;

  GpuUpdates(KernelLibrary kernels) {
    this.kernels = kernels;
  }

  void sgd(SgdSettings settings, Operand p, Operand g, Operand buffer, Operand lr) {
    Walk walk = Walk.of(g);
    var arguments =
        new KernelArguments()
            .number(settings.momentum())
            .number(settings.weightDecay())
            .flag(settings.nesterov())
            .words(walk.extents())
            .view(g, walk.view(0))
            .dense(lr)
            .dense(p)
            .dense(buffer);
    kernels.each(FAMILY, "sgdStep", walk.count(), arguments);
  }

  void adam(AdamSettings settings, Operand p, Operand g, Operand m, Operand v, Operand scalars) {
    Walk walk = Walk.of(g);
    var arguments =
        new KernelArguments()
            .number(1f - settings.beta1())
            .number(settings.beta2())
            .number(1f - settings.beta2())
            .number(settings.epsilon())
            .number(settings.weightDecay())
            .flag(settings.decoupled())
            .words(walk.extents())
            .view(g, walk.view(0))
            .vector(scalars)
            .dense(p)
            .dense(m)
            .dense(v);
    kernels.each(FAMILY, "adamStep", walk.count(), arguments);
  }
}
