package org.wardlock.attacks.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.wardlock.attacks.CountingClassifier;
import org.wardlock.attacks.FunctionClassifier;
import org.wardlock.attacks.Passes;
import org.wardlock.attacks.Testing;
import org.wardlock.tensor.Shape;

class PassTimesTest {
  @Test
  void timesAddUp() {
    PassTimes times = new PassTimes(0.001, 0.003);
    assertEquals(Duration.ofSeconds(7), times.of(new Passes(1000, 2000)));
    assertEquals(Duration.ZERO, times.of(Passes.NONE));
  }

  @Test
  void passesAreMeasuredBothWays() {
    Random random = new Random(3);
    var counting = new CountingClassifier(FunctionClassifier.network(random, Shape.of(3, 6, 5), 5));
    PassTimes times = PassTimes.measure(counting, Testing.answered(counting, random, 8));
    assertTrue(times.forward() > 0, times.toString());
    assertTrue(times.backward() >= 0, times.toString());
    Passes made = counting.passes();
    assertTrue(made.forward() > made.backward() && made.backward() >= 8, made.toString());
  }
}
