package org.wardlock.nn.train;

import java.util.Map;
import org.wardlock.tensor.Tensor;

/** Changes parameters by their gradients, in place. */
public interface Optimizer {
  /**
   * Makes one step with the gradients of the last backward pass.
   *
   * @param number of this step, from 1: bias corrections depend on it
   * @param learningRate of this step
   */
  default void step(long number, double learningRate) {
    prepare(number, learningRate);
    apply();
  }

  /** Brings to the device what of a step differs from the last: see {@link #step}. */
  void prepare(long number, double learningRate);

  /**
   * The rest of the step that was prepared last: the same operations each time, so that a {@link
   * org.wardlock.tensor.RepeatedStep} may hold it.
   */
  void apply();

  /** What it remembers from step to step, by name; assigning to these tensors restores it. */
  Map<String, Tensor> state();

  /** Gives up what it remembers. */
  void release();
}
