package org.wardlock.nn;

import org.wardlock.tensor.Tensor;

/**
 * A function with parameters. A module gets them by name from a {@link ParameterSource} in its
 * constructor and keeps no other state, so that it may serve any number of threads in evaluation.
 */
@FunctionalInterface
public interface Module {
  /**
   * Applies the module, in the current scope.
   *
   * @param x whatever the module says it takes
   * @param pass handed on to the modules inside
   */
  Tensor forward(Tensor x, Pass pass);
}
