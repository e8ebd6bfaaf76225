package org.wardlock.tensor.cpu;

import org.wardlock.tensor.spi.AdamSettings;
import org.wardlock.tensor.spi.SgdSettings;

/** Steps of optimisers over neighbouring parameters, in place; each parameter by itself. */
public interface OptimizerKernel {
  /**
   * Stochastic gradient descent as {@link SgdSettings} defines it.
   *
   * @param p parameters
   * @param g their gradients; stay as they are
   * @param buffer momentum; neither read nor written where momentum is 0
   */
  void sgd(
      SgdSettings settings,
      float learningRate,
      float[] p,
      int pOffset,
      float[] g,
      int gOffset,
      float[] buffer,
      int bufferOffset,
      int length);

  /**
   * Adam or AdamW as {@link AdamSettings} defines them.
   *
   * @param rates what all parameters share
   * @param p parameters
   * @param g their gradients; stay as they are
   * @param m first moments
   * @param v second moments
   */
  void adam(
      AdamRates rates,
      float[] p,
      int pOffset,
      float[] g,
      int gOffset,
      float[] m,
      int mOffset,
      float[] v,
      int vOffset,
      int length);

  /**
   * A step of Adam in numbers: {@code g = fma(penalty, p, g); m += (1 - beta1) (g - m); v = beta2 v
   * + (1 - beta2) g^2; p = keep p - rate m / (sqrt(v) / root + epsilon)}.
   *
   * @param penalty weight of the parameter in its gradient: L2 decay, 0 if decoupled
   * @param keep what decoupled decay leaves of the parameter, 1 if not decoupled
   * @param oneMinusBeta1 weight of the gradient in the first moment
   * @param beta2 decay of the second moment
   * @param oneMinusBeta2 weight of the squared gradient in the second moment
   * @param rate learning rate / (1 - beta1^t)
   * @param root sqrt(1 - beta2^t)
   * @param epsilon added to the root of the second moment
   */
  record AdamRates(
      float penalty,
      float keep,
      float oneMinusBeta1,
      float beta2,
      float oneMinusBeta2,
      float rate,
      float root,
      float epsilon) {

    /**
     * The numbers of a step.
     *
     * @param correction1 1 - beta1^t
     * @param correction2 1 - beta2^t
     */
    public static AdamRates of(
        AdamSettings settings, float learningRate, float correction1, float correction2) {
      boolean decoupled = settings.decoupled();
      return new AdamRates(
          decoupled ? 0f : settings.weightDecay(),
          decoupled ? 1f - learningRate * settings.weightDecay() : 1f,
          1f - settings.beta1(),
          settings.beta2(),
          1f - settings.beta2(),
          learningRate / correction1,
          (float) Math.sqrt(correction2),
          settings.epsilon());
    }
  }
}
