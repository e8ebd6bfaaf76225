package org.wardlock.nn.train;

import org.wardlock.nn.TrainableParameters;
import org.wardlock.tensor.Device;

/** Which optimiser, with what it keeps fixed. Biases, norms and embeddings are never decayed. */
public sealed interface OptimizerSettings {
  /**
   * Stochastic gradient descent.
   *
   * @param momentum from 0 (none) to below 1
   * @param nesterov look-ahead momentum
   * @param weightDecay L2 penalty added to the gradient
   */
  record Sgd(double momentum, boolean nesterov, double weightDecay) implements OptimizerSettings {
    /** Checks the numbers. */
    public Sgd {
      requireFraction("momentum", momentum);
      requireNotNegative("weight decay", weightDecay);
      if (nesterov && momentum == 0) {
        throw new IllegalArgumentException("Nesterov's momentum needs a momentum above 0");
      }
    }
  }

  /**
   * Adam (Kingma and Ba 2015), or AdamW (Loshchilov and Hutter 2019).
   *
   * @param beta1 decay of the first moment, from 0 to below 1
   * @param beta2 decay of the second moment, from 0 to below 1
   * @param epsilon added to the root, positive
   * @param weightDecay by which weights shrink, times the learning rate; an L2 penalty for Adam
   * @param decoupled AdamW if true, Adam if false
   */
  record Adam(double beta1, double beta2, double epsilon, double weightDecay, boolean decoupled)
      implements OptimizerSettings {
    /** Checks the numbers. */
    public Adam {
      requireFraction("beta1", beta1);
      requireFraction("beta2", beta2);
      requireNotNegative("weight decay", weightDecay);
      if (!(epsilon > 0)) {
        throw new IllegalArgumentException("Adam's epsilon " + epsilon + ", expected more than 0");
      }
    }

    /** AdamW with PyTorch's defaults but for the weight decay. */
    public static Adam decoupled(double weightDecay) {
      return new Adam(0.9, 0.999, 1e-8, weightDecay, true);
    }
  }

  private static void requireFraction(String what, double value) {
    if (!(value >= 0 && value < 1)) {
      throw new IllegalArgumentException(what + " " + value + ", expected from 0 to below 1");
    }
  }

  private static void requireNotNegative(String what, double value) {
    if (!(value >= 0) || Double.isInfinite(value)) {
      throw new IllegalArgumentException(what + " " + value + ", expected 0 or more");
    }
  }

  /** An optimiser that has made no step yet. */
  default Optimizer create(TrainableParameters parameters) {
    Device device = parameters.values().device();
    return switch (this) {
      case Sgd sgd -> new SgdOptimizer(device, parameters, sgd);
      case Adam adam -> new AdamOptimizer(device, parameters, adam);
    };
  }
}
