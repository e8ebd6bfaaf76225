package org.wardlock.attacks.mimic;

import org.wardlock.attacks.Rows;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/**
 * Adadelta (Zeiler 2012) for rows of variables: each variable moves as far as it used to, over how
 * steep it used to be. Valid as long as the scope that it is made in.
 */
final class Adadelta {
  /** How much of the means stays at each step, as in the paper and everywhere since. */
  static final float DECAY = 0.95f;

  private final float epsilon;
  private Tensor squaredGradients;
  private Tensor squaredSteps;

  /**
   * At its start.
   *
   * @param shape of the variables, rows first
   * @param epsilon keeps the first steps from being none; they are about its root
   */
  Adadelta(Tensor like, float epsilon) {
    this.epsilon = epsilon;
    Shape shape = like.shape();
    squaredGradients = Tensor.zeros(like.device(), shape);
    squaredSteps = Tensor.zeros(like.device(), shape);
  }

  /** What to take away from the variables, in the current scope. */
  Tensor step(Tensor gradient) {
    squaredGradients = replace(squaredGradients, mean(squaredGradients, gradient));
    Tensor scale = squaredSteps.add(epsilon).divide(squaredGradients.add(epsilon)).sqrt();
    Tensor step = gradient.multiply(scale);
    squaredSteps = replace(squaredSteps, mean(squaredSteps, step));
    return step;
  }

  private static Tensor mean(Tensor before, Tensor now) {
    return before.multiply(DECAY).add(now.square().multiply(1 - DECAY));
  }

  /** Goes on with some of the rows. */
  void select(int... rows) {
    squaredGradients = replace(squaredGradients, Rows.gather(squaredGradients, rows));
    squaredSteps = replace(squaredSteps, Rows.gather(squaredSteps, rows));
  }

  /** Hands a tensor to the enclosing scope in place of another. */
  static Tensor replace(Tensor old, Tensor fresh) {
    fresh.keep();
    old.release();
    return fresh;
  }
}
