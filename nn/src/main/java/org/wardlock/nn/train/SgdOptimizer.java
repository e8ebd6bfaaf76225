package org.wardlock.nn.train;

import java.util.List;
import java.util.Map;
import org.wardlock.nn.TrainableParameters;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;
import org.wardlock.tensor.Updates;
import org.wardlock.tensor.spi.SgdSettings;

/** Stochastic gradient descent over flat buffers, one pass a group. */
final class SgdOptimizer implements Optimizer {
  private final TrainableParameters parameters;
  private final OptimizerSettings.Sgd settings;
  private final Tensor momentum;

  /** Of each group. */
  private final Tensor rates;

  SgdOptimizer(Device device, TrainableParameters parameters, OptimizerSettings.Sgd settings) {
    this.parameters = parameters;
    this.settings = settings;
    try (Scope _ = Scope.open("optimiser")) {
      momentum = Tensor.zeros(device, parameters.values().shape()).unscoped();
      rates = Tensor.zeros(device, Shape.of(parameters.groups().size())).unscoped();
    }
  }

  @Override
  public void prepare(long number, double learningRate) {
    try (Scope _ = Scope.open("optimiser step")) {
      List<TrainableParameters.Group> groups = parameters.groups();
      float[] values = new float[groups.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) (learningRate * groups.get(i).rateScale());
      }
      Updates.assign(rates, Tensor.of(rates.device(), rates.shape(), values));
    }
  }

  @Override
  public void apply() {
    try (Scope _ = Scope.open("optimiser step")) {
      int index = 0;
      for (TrainableParameters.Group group : parameters.groups()) {
        double decay = group.decayed() ? settings.weightDecay() : 0;
        var fixed =
            new SgdSettings((float) settings.momentum(), (float) decay, settings.nesterov());
        Updates.sgd(
            fixed,
            group.of(parameters.values()),
            group.of(parameters.gradients()),
            group.of(momentum),
            rates.slice(0, index, index + 1).reshape());
        index++;
      }
    }
  }

  @Override
  public Map<String, Tensor> state() {
    return Map.of("momentum", momentum);
  }

  @Override
  public void release() {
    momentum.release();
    rates.release();
  }
}
