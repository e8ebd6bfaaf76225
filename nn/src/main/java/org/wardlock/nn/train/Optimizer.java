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
  void step(long number, double learningRate);

  /** What it remembers from step to step, by name; assigning to these tensors restores it. */
  Map<String, Tensor> state();

  /** Gives up what it remembers. */
  void release();
}
