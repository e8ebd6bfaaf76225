package org.wardlock.tensor;

import java.util.List;

/**
 * An operation with a gradient of the caller's own, for what the library does not have: a
 * straight-through estimator, a surrogate for a step that has no derivative. Apply it by {@link
 * Tensor#apply(CustomOp, Tensor...)}.
 */
public interface CustomOp {
  /** Computes the output from the inputs. Nothing inside is recorded. */
  Tensor forward(List<Tensor> inputs);

  /**
   * The gradient towards each input.
   *
   * @param g gradient towards the output, of the output's shape
   * @param inputs as they were given
   * @param output as it was returned
   * @return one tensor an input, of that input's shape; entries for inputs that need no gradient
   *     are ignored
   */
  List<Tensor> backward(Tensor g, List<Tensor> inputs, Tensor output);
}
