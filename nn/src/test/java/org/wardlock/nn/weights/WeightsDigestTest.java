package org.wardlock.nn.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardlock.tensor.DType;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;
import org.wardlock.tensor.testing.TestDevice;

/** What the digest of weights depends on. */
class WeightsDigestTest {
  private static final Device DEVICE = TestDevice.get();

  @TempDir private Path folder;

  private static String digest(Map<String, Tensor> tensors) throws WeightsException {
    return WeightsDigest.of(Weights.of("test", tensors), DEVICE);
  }

  @Test
  void namesShapesTypesAndValuesCountAndNothingElse() throws IOException {
    try (Scope _ = Scope.open("test")) {
      Tensor a = Tensor.of(DEVICE, Shape.of(2), 1, 2);
      Tensor b = Tensor.of(DEVICE, Shape.of(2), 1, Math.nextUp(2f));
      String digest = digest(Map.of("a", a, "b", b));
      Path file = folder.resolve("weights");
      Safetensors.write(file, Map.of("b", b, "a", a), Map.of("comment", "ignored"));
      try (Safetensors stored = Safetensors.open(file)) {
        assertEquals(digest, WeightsDigest.of(stored, DEVICE));
      }
      assertNotEquals(digest, digest(Map.of("a", b, "b", b)));
      assertNotEquals(digest, digest(Map.of("a", a, "c", b)));
      assertNotEquals(digest, digest(Map.of("a", a)));
      assertNotEquals(digest, digest(Map.of("a", a.reshape(1, 2), "b", b)));
      assertNotEquals(digest, digest(Map.of("a", a.cast(DType.I32), "b", b)));
    }
  }
}
