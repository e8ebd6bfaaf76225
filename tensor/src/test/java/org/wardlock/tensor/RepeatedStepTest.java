package org.wardlock.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.wardlock.tensor.testing.TestDevice;

/** Where the backend repeats nothing; what one does that does is tested with it. */
class RepeatedStepTest {
  private final Device device = TestDevice.get();

  private Tensor of(float... values) {
    return Tensor.of(device, Shape.of(values.length), values);
  }

  @Test
  void theBodyRunsEachTimeWithAnyShape() {
    try (Scope _ = Scope.open("test");
        var step = new RepeatedStep("step", inputs -> List.of(inputs.getFirst().add(1)))) {
      assertEquals(Optional.empty(), step.refusal());
      for (int i = 0; i < 5; i++) {
        assertArrayEquals(new float[] {i + 1}, step.run(of(i)).getFirst().toFloats());
      }
      assertArrayEquals(new float[] {2, 3}, step.run(of(1, 2)).getFirst().toFloats());
      assertTrue(step.refusal().orElseThrow().contains("repeats nothing"));
    }
  }

  @Test
  void resultsBelongToTheCallersScopeAndTheRestToTheStep() {
    var made = new ArrayList<Tensor>();
    Tensor result;
    try (Scope _ = Scope.open("test");
        var step =
            new RepeatedStep(
                "step",
                inputs -> {
                  made.add(inputs.getFirst().add(1));
                  return List.of(made.getLast().multiply(2));
                })) {
      result = step.run(of(1)).getFirst();
      assertArrayEquals(new float[] {4}, result.toFloats());
      assertThrows(IllegalStateException.class, made.getFirst()::toFloats);
    }
    assertThrows(IllegalStateException.class, result::toFloats);
  }

  /** As where it is repeated, so that nothing works on one device alone. */
  @Test
  void gradientsDoNotPassThrough() {
    try (Scope _ = Scope.open("test");
        var step = new RepeatedStep("step", inputs -> List.of(inputs.getFirst().square()))) {
      Tensor result = step.run(of(3).requiresGrad()).getFirst();
      assertThrows(IllegalStateException.class, result::backward);
    }
  }

  @Test
  void aStepWithoutInputIsAnError() {
    try (var step = new RepeatedStep("idle", _ -> List.of())) {
      var error = assertThrows(IllegalArgumentException.class, step::run);
      assertEquals("step 'idle': no input; a step needs at least 1", error.getMessage());
    }
  }
}
