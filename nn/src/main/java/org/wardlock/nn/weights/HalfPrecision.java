package org.wardlock.nn.weights;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.wardlock.tensor.DType;
import org.wardlock.tensor.NoGrad;
import org.wardlock.tensor.Tensor;

/** Numbers in as few bits as the weights have that they belong to. */
public final class HalfPrecision {
  private HalfPrecision() {}

  /**
   * Tensors as they are stored beside weights: where all floating-point numbers of these are
   * float16, or all bfloat16, so are float32 ones here, rounded to nearest even. A tensor with a
   * number that is too large for that type stays float32.
   *
   * @param weights beside which they are stored
   * @param tensors by name; those that stay as they are stay the caller's
   * @return all of them; the rounded ones belong to the current scope
   */
  public static Map<String, Tensor> like(Safetensors weights, Map<String, Tensor> tensors) {
    Optional<DType> half = of(weights);
    if (half.isEmpty()) {
      return tensors;
    }
    var stored = new LinkedHashMap<String, Tensor>();
    try (NoGrad _ = NoGrad.enter()) {
      tensors.forEach((name, tensor) -> stored.put(name, rounded(tensor, half.get())));
    }
    return stored;
  }

  private static Optional<DType> of(Safetensors weights) {
    Set<DType> found =
        weights.names().stream()
            .flatMap(name -> weights.dtype(name).stream())
            .filter(DType::isFloatingPoint)
            .collect(Collectors.toSet());
    return found.size() == 1 && !found.contains(DType.F32)
        ? found.stream().findFirst()
        : Optional.empty();
  }

  private static Tensor rounded(Tensor tensor, DType half) {
    if (tensor.dtype() != DType.F32) {
      return tensor;
    }
    Tensor rounded = tensor.cast(half);
    float[] before = tensor.toFloats();
    float[] after = rounded.cast(DType.F32).toFloats();
    for (int i = 0; i < before.length; i++) {
      if (Float.isFinite(before[i]) && !Float.isFinite(after[i])) {
        return tensor;
      }
    }
    return rounded;
  }
}
