package org.wardlock.attacks.score;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.wardlock.attacks.Attack;
import org.wardlock.attacks.AttackResult;
import org.wardlock.attacks.CountingClassifier;
import org.wardlock.attacks.FunctionClassifier;
import org.wardlock.attacks.LinearClassifier;
import org.wardlock.attacks.MedianThreat;
import org.wardlock.attacks.Norm;
import org.wardlock.attacks.Passes;
import org.wardlock.attacks.Pictures;
import org.wardlock.attacks.Rational;
import org.wardlock.attacks.Rows;
import org.wardlock.attacks.SameInAnyBatch;
import org.wardlock.attacks.Testing;
import org.wardlock.attacks.Threat;
import org.wardlock.attacks.gradient.EstimatedAscent;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;

/** SimBA, NES, SPSA and the random baseline. */
class ScoreAttacksTest {
  private static final Shape SHAPE = Shape.of(3, 6, 5);
  private static final int PICTURES = 12;

  private final Random random = new Random(141);
  private final FunctionClassifier classifier = FunctionClassifier.network(random, SHAPE, 5);
  private final Pictures pictures =
      Testing.answered(classifier, random, PICTURES)
          .withIds(IntStream.range(0, PICTURES).mapToLong(i -> 1000L + 37 * i).toArray());

  private static List<Attack> attacks() {
    return List.of(
        new Simba(40, Rational.of(1, 10)),
        new RandomSearch(15),
        EstimatedAscent.nes().pairs(4).iterations(5),
        EstimatedAscent.spsa().pairs(4).iterations(5));
  }

  /** How far each of them gets in so few queries differs. */
  private Threat threat(Attack attack, Norm norm) {
    double factor = attack instanceof RandomSearch ? 8 : 2.5;
    return MedianThreat.of(classifier, pictures, norm, factor);
  }

  @ParameterizedTest
  @EnumSource
  void aPictureFaresTheSameAloneAndInAnyBatch(Norm norm) {
    for (Attack attack : attacks()) {
      SameInAnyBatch.require(attack, classifier, pictures, threat(attack, norm));
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyQueryCounts(Norm norm) {
    Threat tiny = new Threat(norm, Rational.of(1, 1_000_000));
    try (Scope _ = Scope.open("test")) {
      for (Attack attack : attacks()) {
        CountingClassifier counting = new CountingClassifier(classifier);
        AttackResult result = attack.run(counting, pictures, tiny, 1);
        Passes cost = attack.cost(norm, 5);
        assertEquals(cost.times(PICTURES).plus(new Passes(PICTURES, 0)), counting.passes());
        result.pictures().forEach(one -> assertEquals(cost.forward(), one.queries()));
      }
    }
    assertEquals(new Passes(50 * 101 + 1, 0), EstimatedAscent.nes().cost(norm, 10));
    assertEquals(new Passes(40 * 257 + 1, 0), EstimatedAscent.spsa().cost(norm, 10));
  }

  /** Tried up and down, every value ends where it helps most: in the best corner of the ball. */
  @Test
  void simbaIsExactForTwoLinearClasses() {
    LinearClassifier linear = LinearClassifier.random(random, Shape.of(1, 4, 4), 2);
    Pictures answered = Testing.answered(linear, random, 20);
    float[][] values = Rows.toHost(answered.images());
    int checked = 0;
    for (int row = 0; row < 20; row++) {
      double distance = linear.distance(Norm.LINF, values[row], answered.labels()[row]);
      if (distance < 0.25) {
        checked++;
        assertEquals(0, broken(linear, answered.select(row), distance * 0.999 - 1e-6));
        assertEquals(1, broken(linear, answered.select(row), distance * 1.001 + 1e-6));
      }
    }
    assertTrue(checked >= 5, "only " + checked + " pictures were suitable");
  }

  private static long broken(LinearClassifier linear, Pictures one, double radius) {
    try (Scope _ = Scope.open("test")) {
      AttackResult result = new Simba().run(linear, one, Threat.linf(Testing.rational(radius)), 1);
      assertTrue(result.pictures().getFirst().queries() <= 1 + 2 * 16, "values tried twice");
      return result.pictures().stream().filter(outcome -> outcome.brokenBy().isPresent()).count();
    }
  }

  @Test
  void settingsOutOfRangeAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> new Simba().queries(-1));
    assertThrows(IllegalArgumentException.class, () -> new Simba(1, Rational.ZERO));
    assertThrows(IllegalArgumentException.class, () -> new RandomSearch(0));
    assertThrows(IllegalArgumentException.class, () -> EstimatedAscent.nes().pairs(0));
    assertThrows(
        IllegalArgumentException.class,
        () -> EstimatedAscent.nes().pairs(1 << 20).iterations(1 << 20));
  }
}
