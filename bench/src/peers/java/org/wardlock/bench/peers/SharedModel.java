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

/** A network that every process makes alike. */
final class SharedModel {
  private static final long SEED = 5;
  private static final float NOISE = 0.2f;

  private SharedModel() {}

  /**
   * Initial weights; but biases, norms and statistics, which start as zeros and ones, are moved, so
   * that an engine that mistakes or forgets one gives other logits.
   */
  static Network network(Architecture architecture) throws WeightsException {
    try (Scope _ = Scope.open("shared model")) {
      Network initial = Network.initial(architecture, Device.CPU, SEED);
      Map<String, Tensor> state = new LinkedHashMap<>(initial.parameters().state(Device.CPU));
      for (Parameter parameter : initial.parameters().all()) {
        if (parameter.shape().rank() == 1) {
          float[] values = parameter.tensor().toFloats();
          float[] noise = Values.symmetric(values.length, parameter.name().hashCode());
          for (int i = 0; i < values.length; i++) {
            values[i] += NOISE * noise[i];
          }
          state.put(parameter.name(), Tensor.of(Device.CPU, parameter.shape(), values));
        }
      }
      Network network = Network.load(architecture, Device.CPU, Weights.of("shared", state));
      initial.release();
      return network;
    }
  }
}
