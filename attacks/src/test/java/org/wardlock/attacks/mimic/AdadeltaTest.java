package org.wardlock.attacks.mimic;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.wardlock.attacks.Rows;
import org.wardlock.attacks.Testing;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

class AdadeltaTest {
  private static final int VALUES = 6;

  private final Random random = new Random(3);

  /** Algorithm 1 of the paper, in double. */
  @Test
  void stepsAreThoseOfThePaper() {
    double epsilon = 1e-6;
    double[] squares = new double[VALUES];
    double[] steps = new double[VALUES];
    try (Scope _ = Scope.open("test")) {
      var optimizer = new Adadelta(variables(new float[VALUES]), (float) epsilon);
      for (int step = 0; step < 20; step++) {
        float[] gradient = Testing.normal(random, VALUES, 0.3);
        float[] found;
        try (Scope _ = Scope.open("step")) {
          found = optimizer.step(variables(gradient)).toFloats();
        }
        for (int i = 0; i < VALUES; i++) {
          squares[i] = 0.95 * squares[i] + 0.05 * gradient[i] * gradient[i];
          double change =
              Math.sqrt(steps[i] + epsilon) / Math.sqrt(squares[i] + epsilon) * gradient[i];
          steps[i] = 0.95 * steps[i] + 0.05 * change * change;
          assertEquals(change, found[i], 1e-5 * Math.abs(change) + 1e-12, "step " + step);
        }
      }
    }
  }

  @Test
  void rowsThatStayGoOnAsIfNoneHadLeft() {
    float[] first = Testing.normal(random, VALUES, 1);
    float[] second = Testing.normal(random, VALUES, 1);
    try (Scope _ = Scope.open("test")) {
      var all = new Adadelta(variables(first), 1e-6f);
      var some = new Adadelta(variables(first), 1e-6f);
      try (Scope _ = Scope.open("step")) {
        all.step(variables(first));
        some.step(variables(first));
        some.select(2, 0);
        Tensor expected = Rows.gather(all.step(variables(second)), 2, 0);
        assertArrayEquals(
            expected.toFloats(), some.step(Rows.gather(variables(second), 2, 0)).toFloats());
      }
    }
  }

  private static Tensor variables(float... values) {
    return Tensor.of(Testing.device(), Shape.of(3, 2), values);
  }
}
