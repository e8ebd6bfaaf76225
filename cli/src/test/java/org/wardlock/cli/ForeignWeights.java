package org.wardlock.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiFunction;
import org.wardlock.nn.weights.Safetensors;
import org.wardlock.tensor.DType;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Tensor;

/** Weights of ours as others would publish them: their file says nothing but the tensors. */
final class ForeignWeights {
  private ForeignWeights() {}

  /** The same tensors in another file. */
  static Path copy(Path from, Path to) throws IOException {
    return write(from, to, (_, tensor) -> tensor);
  }

  /** The same in half precision. */
  static Path half(Path from, Path to) throws IOException {
    return write(from, to, (_, tensor) -> half(tensor));
  }

  /** In half precision, with a head that tells no class from another. */
  static Path halfWithoutHead(Path from, Path to) throws IOException {
    return write(
        from, to, (name, tensor) -> half(name.startsWith("head.") ? tensor.multiply(0) : tensor));
  }

  private static Tensor half(Tensor tensor) {
    return tensor.dtype() == DType.F32 ? tensor.cast(DType.F16) : tensor;
  }

  private static Path write(Path from, Path to, BiFunction<String, Tensor, Tensor> change)
      throws IOException {
    try (Scope _ = Scope.open("foreign weights");
        Safetensors weights = Safetensors.open(from)) {
      var tensors = new LinkedHashMap<String, Tensor>();
      for (String name : weights.names()) {
        tensors.put(name, change.apply(name, weights.tensor(name, Device.CPU)));
      }
      Safetensors.write(to, tensors, Map.of());
    }
    return to;
  }
}
