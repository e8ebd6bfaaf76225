package org.wardlock.nn.train;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.wardlock.nn.Parameter;
import org.wardlock.tensor.NoGrad;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Tensor;
import org.wardlock.tensor.Updates;

/**
 * An exponential moving average of a network's parameters and statistics: {@code average = decay *
 * average + (1 - decay) * present}. It often classifies better than the weights it follows (Polyak
 * and Juditsky 1992).
 */
public final class MovingAverage {
  private final List<Parameter> parameters;
  private final float decay;
  private final Map<String, Tensor> averages = new LinkedHashMap<>();

  /**
   * An average that begins with a network's present weights.
   *
   * @param parameters that change
   * @param decay from 0 to below 1; 0.9998 is usual for long runs
   */
  public MovingAverage(List<Parameter> parameters, double decay) {
    if (!(decay >= 0 && decay < 1)) {
      throw new IllegalArgumentException(
          "moving average's decay " + decay + ", expected from 0 to below 1");
    }
    this.parameters = List.copyOf(parameters);
    this.decay = (float) decay;
    try (NoGrad _ = NoGrad.enter();
        Scope _ = Scope.open("moving average")) {
      for (Parameter parameter : parameters) {
        averages.put(parameter.name(), parameter.tensor().detach().copy().unscoped());
      }
    }
  }

  /** Follows the network's present weights. */
  public void update() {
    try (NoGrad _ = NoGrad.enter();
        Scope _ = Scope.open("moving average")) {
      for (Parameter parameter : parameters) {
        Tensor average = averages.get(parameter.name());
        Updates.affine(average, decay, 0);
        Updates.add(average, parameter.tensor().multiply(1 - decay));
      }
    }
  }

  /** The averages by parameter name; assigning to these tensors restores them. */
  public Map<String, Tensor> state() {
    return averages;
  }

  /** Gives up the averages. */
  public void release() {
    averages.values().forEach(Tensor::release);
  }
}
