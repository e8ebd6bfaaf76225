package org.wardlock.tensor.spi;

import org.wardlock.tensor.Shape;

/** Optimiser steps as formulas over the primitives. */
final class ComposedOptimizers {
  private ComposedOptimizers() {}

  static void sgd(
      Backend backend, SgdSettings settings, Operand p, Operand g, Operand buffer, Operand lr) {
    try (var f = new Composition(backend)) {
      Operand direction = f.add(g, f.affine(p, settings.weightDecay(), 0));
      if (settings.momentum() != 0) {
        Operand velocity = f.add(f.affine(buffer, settings.momentum(), 0), direction);
        direction =
            settings.nesterov()
                ? f.add(direction, f.affine(velocity, settings.momentum(), 0))
                : velocity;
        f.into(buffer, velocity);
      }
      f.into(p, f.subtract(p, f.multiply(direction, lr)));
    }
  }

  static void adam(
      Backend backend,
      AdamSettings settings,
      Operand p,
      Operand g,
      Operand m,
      Operand v,
      Operand scalars) {
    try (var f = new Composition(backend)) {
      Operand lr = scalar(f, scalars, 0);
      Operand correction1 = scalar(f, scalars, 1);
      Operand correction2 = scalar(f, scalars, 2);
      Operand decay = f.affine(p, settings.weightDecay(), 0);
      Operand decayed = settings.decoupled() ? f.subtract(p, f.multiply(decay, lr)) : p;
      Operand gradient = settings.decoupled() ? g : f.add(g, decay);
      Operand first = average(f, settings.beta1(), m, gradient);
      Operand second = average(f, settings.beta2(), v, f.square(gradient));
      Operand root = f.divide(f.sqrt(second), f.sqrt(correction2));
      Operand step = f.divide(first, f.affine(root, 1, settings.epsilon()));
      f.into(m, first);
      f.into(v, second);
      f.into(p, f.subtract(decayed, f.multiply(step, f.divide(lr, correction1))));
    }
  }

  /** {@code beta * old + (1 - beta) * value}. */
  private static Operand average(Composition f, float beta, Operand old, Operand value) {
    return f.add(f.affine(old, beta, 0), f.affine(value, 1 - beta, 0));
  }

  private static Operand scalar(Composition f, Operand scalars, int index) {
    return f.reshape(Composition.slice(scalars, 0, index, index + 1), Shape.of());
  }
}
