package org.wardlock.nn.train;

import java.util.List;
import java.util.Map;
import org.wardlock.nn.TrainableParameters;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;
import org.wardlock.tensor.Updates;
import org.wardlock.tensor.spi.AdamSettings;

/** Adam and AdamW over flat buffers, one pass a group. */
final class AdamOptimizer implements Optimizer {
  private static final int SCALARS = 3;

  private final TrainableParameters parameters;
  private final OptimizerSettings.Adam settings;
  private final Tensor first;
  private final Tensor second;

  /** For each group its learning rate and both bias corrections. */
  private final Tensor scalars;

  AdamOptimizer(Device device, TrainableParameters parameters, OptimizerSettings.Adam settings) {
    this.parameters = parameters;
    this.settings = settings;
    try (Scope _ = Scope.open("optimiser")) {
      first = Tensor.zeros(device, parameters.values().shape()).unscoped();
      second = Tensor.zeros(device, parameters.values().shape()).unscoped();
      int groups = parameters.groups().size();
      scalars = Tensor.zeros(device, Shape.of(SCALARS * groups)).unscoped();
    }
  }

  @Override
  public void prepare(long number, double learningRate) {
    try (Scope _ = Scope.open("optimiser step")) {
      float correction1 = (float) (1 - Math.pow(settings.beta1(), number));
      float correction2 = (float) (1 - Math.pow(settings.beta2(), number));
      List<TrainableParameters.Group> groups = parameters.groups();
      float[] values = new float[SCALARS * groups.size()];
      for (int i = 0; i < groups.size(); i++) {
        values[SCALARS * i] = (float) (learningRate * groups.get(i).rateScale());
        values[SCALARS * i + 1] = correction1;
        values[SCALARS * i + 2] = correction2;
      }
      Updates.assign(scalars, Tensor.of(scalars.device(), scalars.shape(), values));
    }
  }

  @Override
  public void apply() {
    try (Scope _ = Scope.open("optimiser step")) {
      int start = 0;
      for (TrainableParameters.Group group : parameters.groups()) {
        int end = start + SCALARS;
        Updates.adam(
            fixed(group),
            group.of(parameters.values()),
            group.of(parameters.gradients()),
            group.of(first),
            group.of(second),
            scalars.slice(0, start, end));
        start = end;
      }
    }
  }

  private AdamSettings fixed(TrainableParameters.Group group) {
    return new AdamSettings(
        (float) settings.beta1(),
        (float) settings.beta2(),
        (float) settings.epsilon(),
        group.decayed() ? (float) settings.weightDecay() : 0,
        settings.decoupled());
  }

  @Override
  public Map<String, Tensor> state() {
    return Map.of("first_moment", first, "second_moment", second);
  }

  @Override
  public void release() {
    first.release();
    second.release();
    scalars.release();
  }
}
