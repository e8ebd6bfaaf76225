package org.wardlock.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.wardlock.nn.weights.Weights;
import org.wardlock.nn.weights.WeightsException;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;
import org.wardlock.tensor.Updates;
import org.wardlock.tensor.testing.TestDevice;

/** Networks that hold what they have in common once. */
class SharedParametersTest {
  private static final Device DEVICE = TestDevice.get();

  private static ParameterSource filled(ParameterSource source) {
    new Linear(source.child("body"), 3, 2);
    new Linear(source.child("head"), 2, 2);
    return source;
  }

  private static Tensor named(ParameterSource source, String name) {
    return source.parameters().all().stream()
        .filter(parameter -> parameter.name().equals(name))
        .findFirst()
        .orElseThrow()
        .tensor();
  }

  @Test
  void whatIsNotStoredApartIsTheSameMemory() throws WeightsException {
    try (Scope _ = Scope.open("test")) {
      ParameterSource base = filled(ParameterSource.initial(DEVICE, 1));
      Tensor bias = Tensor.of(DEVICE, Shape.of(2), 5, 6);
      Weights own = Weights.of("own", Map.of("head.bias", bias));
      ParameterSource other = filled(ParameterSource.sharing(DEVICE, base.parameters(), own));
      other.requireComplete();
      assertArrayEquals(new float[] {5, 6}, named(other, "head.bias").toFloats());
      Updates.fill(named(base, "body.weight"), 7);
      Updates.fill(named(base, "head.bias"), 8);
      for (float value : named(other, "body.weight").toFloats()) {
        assertEquals(7, value);
      }
      assertArrayEquals(new float[] {5, 6}, named(other, "head.bias").toFloats());
      base.parameters().release();
      assertEquals(6, named(other, "body.weight").toFloats().length);
      other.parameters().release();
      Tensor gone = named(other, "body.weight");
      assertThrows(IllegalStateException.class, gone::toFloats);
    }
  }

  @Test
  void whatFitsNeitherIsNamed() {
    try (Scope _ = Scope.open("test")) {
      ParameterSource base = filled(ParameterSource.initial(DEVICE, 1));
      Weights unfit = Weights.of("own", Map.of("head.bias", Tensor.zeros(DEVICE, Shape.of(3))));
      ParameterSource other = filled(ParameterSource.sharing(DEVICE, base.parameters(), unfit));
      var refusal = assertThrows(WeightsException.class, other::requireComplete);
      assertTrue(refusal.getMessage().contains("head.bias has shape [3]"), refusal.getMessage());
      Weights none = Weights.of("own", Map.of());
      ParameterSource wider = ParameterSource.sharing(DEVICE, base.parameters(), none);
      new Linear(wider.child("body"), 4, 2);
      var missing = assertThrows(WeightsException.class, wider::requireComplete);
      assertTrue(missing.getMessage().contains("body.weight"), missing.getMessage());
    }
  }
}
