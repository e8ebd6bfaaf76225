package org.wardlock.attacks.gradient;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.wardlock.attacks.AttackResult;
import org.wardlock.attacks.CountingClassifier;
import org.wardlock.attacks.Effort;
import org.wardlock.attacks.FunctionClassifier;
import org.wardlock.attacks.LinearClassifier;
import org.wardlock.attacks.MedianThreat;
import org.wardlock.attacks.Norm;
import org.wardlock.attacks.Passes;
import org.wardlock.attacks.PictureOutcome;
import org.wardlock.attacks.Pictures;
import org.wardlock.attacks.Rational;
import org.wardlock.attacks.Rows;
import org.wardlock.attacks.SameInAnyBatch;
import org.wardlock.attacks.Testing;
import org.wardlock.attacks.Threat;
import org.wardlock.attacks.WorstCase;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;

class FmnTest {
  private final Random random = new Random(221);
  private final FunctionClassifier classifier =
      FunctionClassifier.network(random, Shape.of(3, 6, 5), 5);
  private final Pictures pictures =
      Testing.answered(classifier, random, 12)
          .withIds(IntStream.range(0, 12).mapToLong(i -> 7 + 5L * i).toArray());

  @ParameterizedTest
  @EnumSource
  void comesNearTheDistanceOfLinearModels(Norm norm) {
    LinearClassifier linear = LinearClassifier.random(random, Shape.of(3, 4, 4), 4);
    Pictures answered = Testing.answered(linear, random, 40);
    float[][] values = Rows.toHost(answered.images());
    int checked = 0;
    try (Scope _ = Scope.open("test")) {
      WorstCase worstCase = new WorstCase(linear, answered, new Threat(norm, Rational.of(100, 1)));
      worstCase.apply(new Fmn(), 1, Effort.TO_THE_END);
      List<PictureOutcome> found = worstCase.result().pictures();
      for (int row = 0; row < 40; row++) {
        PictureOutcome one = found.get(row);
        double nearest = linear.distance(norm, values[row], one.label());
        assertTrue(one.brokenBy().isPresent(), norm + ": nothing found");
        double change = one.norm();
        assertTrue(change >= nearest * 0.9999, norm + ": " + change + " < " + nearest);
        // it crosses to the class whose logit comes nearest, which need not be the nearest class
        double distance = linear.distance(norm, values[row], one.label(), one.prediction());
        if (distance > 0.005 && distance < 0.25) {
          checked++;
          assertTrue(change <= distance * 1.03, norm + ": " + change + " > " + distance);
        }
      }
    }
    assertTrue(checked >= 3, "only " + checked + " pictures were suitable");
  }

  @ParameterizedTest
  @EnumSource
  void aPictureFaresTheSameAloneAndInAnyBatch(Norm norm) {
    Threat threat = MedianThreat.of(classifier, pictures, norm, 1.1);
    SameInAnyBatch.require(new Fmn(60), classifier, pictures, threat);
  }

  @Test
  void leadsToTargets() {
    int[] targets = IntStream.of(pictures.labels()).map(label -> (label + 1) % 5).toArray();
    try (Scope _ = Scope.open("test")) {
      AttackResult found =
          new Fmn()
              .run(classifier, pictures.withTargets(targets), Threat.l2(Rational.of(100, 1)), 1);
      for (int row = 0; row < 12; row++) {
        if (found.pictures().get(row).brokenBy().isPresent()) {
          assertEquals(targets[row], found.pictures().get(row).prediction());
        }
      }
      assertTrue(found.pictures().stream().anyMatch(one -> one.brokenBy().isPresent()));
    }
  }

  @Test
  void costsWhatItSays() {
    Threat tiny = Threat.l2(Rational.of(1, 1_000_000));
    try (Scope _ = Scope.open("test")) {
      CountingClassifier counting = new CountingClassifier(classifier);
      new Fmn(5).run(counting, pictures, tiny, 1);
      assertEquals(new Passes(6, 5), new Fmn(5).cost(Norm.L2, 5));
      assertEquals(new Passes(6, 5).times(12).plus(new Passes(12, 0)), counting.passes());
    }
    assertThrows(IllegalArgumentException.class, () -> new Fmn(0));
  }
}
