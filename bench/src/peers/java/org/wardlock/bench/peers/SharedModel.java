package org.wardlock.bench.peers;

import java.util.LinkedHashMap;
import java.util.Map;
import org.wardlock.nn.Parameter;
import org.wardlock.nn.model.Architecture;
import org.wardlock.nn.model.Network;
import org.wardlock.nn.weights.Weights;
import org.wardlock.nn.weights.WeightsException;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Tensor;

/** Weights that every process makes alike. */
final class SharedModel {
  private static final long SEED = 5;
  private static final float NOISE = 0.2f;

  private SharedModel() {}

  /**
   * Initial weights; but biases, norms and statistics, which start as zeros and ones, are moved, so
   * that an engine that mistakes or forgets one gives other logits.
   *
   * <p>They are left to the garbage collector: released, they would stay in the pool, and seem to
   * be what the iterations need.
   */
  static Weights weights(Architecture architecture) {
    try (Scope _ = Scope.open("shared model")) {
      Network initial = Network.initial(architecture, Device.CPU, SEED);
      Map<String, Tensor> state = new LinkedHashMap<>();
      initial
          .parameters()
          .state(Device.CPU)
          .forEach((name, tensor) -> state.put(name, tensor.unscoped()));
      for (Parameter parameter : initial.parameters().all()) {
        if (parameter.shape().rank() == 1) {
          float[] values = parameter.tensor().toFloats();
          float[] noise = Values.symmetric(values.length, parameter.name().hashCode());
          for (int i = 0; i < values.length; i++) {
            values[i] += NOISE * noise[i];
          }
          Tensor moved = Tensor.of(Device.CPU, parameter.shape(), values);
          state.put(parameter.name(), moved.unscoped());
        }
      }
      return Weights.of("shared", state);
    }
  }

  /** A network with them. */
  static Network network(Architecture architecture) throws WeightsException {
    return Network.load(architecture, Device.CPU, weights(architecture));
  }
}
