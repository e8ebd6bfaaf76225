package org.wardlock.nn.train;

import java.io.IOException;
import java.util.Map;
import org.wardlock.tensor.Tensor;

/** Stores what a run has come to. */
@FunctionalInterface
public interface FinishedWeights {
  /**
   * Writes the run's last word.
   *
   * @param state of the network's parameters by name, averaged where averages are kept; low-rank
   *     factors are among them, not merged
   */
  void write(Map<String, Tensor> state) throws IOException;
}
