package org.wardlock.attacks.gradient;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.wardlock.attacks.Attack;
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

/** DDN and Carlini-Wagner: the smallest change in L2. */
class SmallestL2Test {
  private final Random random = new Random(171);
  private final FunctionClassifier classifier =
      FunctionClassifier.network(random, Shape.of(3, 6, 5), 5);
  private final Pictures pictures =
      Testing.answered(classifier, random, 12)
          .withIds(IntStream.range(0, 12).mapToLong(i -> 7 + 5L * i).toArray());

  @Test
  void comesNearTheDistanceOfLinearModels() {
    LinearClassifier linear = LinearClassifier.random(random, Shape.of(3, 4, 4), 4);
    Pictures answered = Testing.answered(linear, random, 40);
    float[][] values = Rows.toHost(answered.images());
    int checked = 0;
    for (Attack attack : List.of(new Ddn(), new CarliniWagner(7, 200))) {
      try (Scope _ = Scope.open("test")) {
        WorstCase worstCase = new WorstCase(linear, answered, Threat.l2(Rational.of(100, 1)));
        worstCase.apply(attack, 1, Effort.TO_THE_END);
        List<PictureOutcome> found = worstCase.result().pictures();
        for (int row = 0; row < 40; row++) {
          double distance = linear.distance(Norm.L2, values[row], answered.labels()[row]);
          if (distance > 0.05 && distance < 0.4) {
            checked++;
            double change = found.get(row).norm();
            assertTrue(change >= distance * 0.9999, attack + ": " + change + " < " + distance);
            assertTrue(change <= distance * 1.06, attack + ": " + change + " > " + distance);
          }
        }
      }
    }
    assertTrue(checked >= 6, "only " + checked + " pictures were suitable");
  }

  @Test
  void aPictureFaresTheSameAloneAndInAnyBatch() {
    Threat threat = MedianThreat.of(classifier, pictures, Norm.L2, 1.3);
    SameInAnyBatch.require(new Ddn(), classifier, pictures, threat);
    SameInAnyBatch.require(new CarliniWagner(5, 80), classifier, pictures, threat);
  }

  @Test
  void costsWhatItSays() {
    Threat tiny = Threat.l2(Rational.of(1, 1_000_000));
    for (Attack attack : List.of(new Ddn(5), new CarliniWagner(2, 5))) {
      try (Scope _ = Scope.open("test")) {
        CountingClassifier counting = new CountingClassifier(classifier);
        attack.run(counting, pictures, tiny, 1);
        assertEquals(attack.cost(Norm.L2, 5).times(12).plus(new Passes(12, 0)), counting.passes());
      }
    }
  }

  @Test
  void whatMakesNoSenseIsRefused() {
    Threat linf = Threat.linf(Rational.of(1, 10));
    var error =
        assertThrows(
            IllegalArgumentException.class, () -> new Ddn().run(classifier, pictures, linf, 1));
    assertEquals(
        "ddn: makes changes small in l2, the threat is linf 1/10; use fmn, fab or apgd",
        error.getMessage());
    assertThrows(IllegalArgumentException.class, () -> new Ddn(0));
    assertThrows(IllegalArgumentException.class, () -> new CarliniWagner(0, 1));
    assertThrows(IllegalArgumentException.class, () -> new CarliniWagner(1, 0));
  }
}
