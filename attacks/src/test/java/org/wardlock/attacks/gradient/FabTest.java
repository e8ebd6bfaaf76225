package org.wardlock.attacks.gradient;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
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
import org.wardlock.attacks.Mode;
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
import org.wardlock.nn.Classifier;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;

class FabTest {
  private static final Shape SHAPE = Shape.of(3, 6, 5);
  private static final int PICTURES = 12;

  private final Random random = new Random(81);
  private final FunctionClassifier classifier = FunctionClassifier.network(random, SHAPE, 5);
  private final Pictures pictures =
      Testing.answered(classifier, random, PICTURES)
          .withIds(IntStream.range(0, PICTURES).mapToLong(i -> 1000L + 37 * i).toArray());

  private Threat threat(Norm norm) {
    return MedianThreat.of(classifier, pictures, norm, 1.0);
  }

  private static List<PictureOutcome> smallest(
      Fab fab, Classifier attacked, Pictures all, Norm norm) {
    try (Scope _ = Scope.open("test")) {
      WorstCase worstCase = new WorstCase(attacked, all, new Threat(norm, Rational.of(100, 1)));
      worstCase.apply(fab, 1, Effort.TO_THE_END);
      return worstCase.result().pictures();
    }
  }

  /**
   * The first step goes 5 % too far. The next one starts a tenth nearer to the clean picture, at
   * 0.945, and is drawn back by 0.055 / 1.055 of the whole: it ends at 1.0052, and none ends
   * nearer. The final search takes the rest off.
   */
  @ParameterizedTest
  @EnumSource
  void findsTheDistanceOfLinearModels(Norm norm) {
    int checked = 0;
    for (int model = 0; model < 2; model++) {
      LinearClassifier linear = LinearClassifier.random(random, Shape.of(3, 4, 4), 4);
      Pictures answered = Testing.answered(linear, random, 40);
      float[][] values = Rows.toHost(answered.images());
      for (Fab fab : List.of(new Fab(), Fab.targeted(3))) {
        List<PictureOutcome> exact = smallest(fab, linear, answered, norm);
        List<PictureOutcome> published =
            smallest(fab.mode(Mode.COMPAT).iterations(10), linear, answered, norm);
        for (int row = 0; row < 40; row++) {
          double distance = linear.distance(norm, values[row], answered.labels()[row]);
          if (distance > 0.005 && distance < 0.25) {
            checked++;
            assertEquals(distance, exact.get(row).norm(), 1e-5 * distance, fab.toString());
            double further = published.get(row).norm();
            assertTrue(further >= distance * (1 - 1e-5), fab + ": " + further);
            assertTrue(further <= distance * 1.0053, fab + ": " + further);
          }
        }
      }
    }
    assertTrue(checked >= 5, "only " + checked + " pictures were suitable");
  }

  /** What it finds a little beyond the threat, the final search brings within. */
  @ParameterizedTest
  @EnumSource
  void theFinalSearchBreaksWhatIsJustWithinReach(Norm norm) {
    LinearClassifier linear = LinearClassifier.random(random, Shape.of(3, 4, 4), 4);
    Pictures answered = Testing.answered(linear, random, 40);
    float[][] values = Rows.toHost(answered.images());
    int checked = 0;
    for (int row = 0; row < 40; row++) {
      double distance = linear.distance(norm, values[row], answered.labels()[row]);
      if (distance > 0.005 && distance < 0.25) {
        checked++;
        Threat just = new Threat(norm, Testing.rational(distance * 1.001));
        try (Scope _ = Scope.open("test")) {
          Pictures one = answered.select(row);
          AttackResult found = Fab.targeted(3).run(linear, one, just, 1);
          assertTrue(found.pictures().getFirst().brokenBy().isPresent(), "picture " + row);
          AttackResult without = Fab.targeted(3).finalSearch(0).run(linear, one, just, 1);
          assertTrue(without.pictures().getFirst().brokenBy().isEmpty(), "picture " + row);
        }
      }
    }
    assertTrue(checked >= 2, "only " + checked + " pictures were suitable");
  }

  /** A radius of the norm that it finds is enough; the float below that is not. */
  @ParameterizedTest
  @EnumSource
  void succeedsFromTheNormThatItFindsOn(Norm norm) {
    for (Fab fab : List.of(new Fab().iterations(8), Fab.targeted(4).iterations(8))) {
      List<PictureOutcome> found = smallest(fab, classifier, pictures, norm);
      for (int row = 0; row < 4; row++) {
        double size = found.get(row).norm();
        float from = (float) size >= size ? (float) size : Math.nextUp((float) size);
        Pictures one = pictures.select(row);
        assertEquals(size, sizeWithin(fab, classifier, one, norm, Math.nextUp(from)), "beyond");
        assertEquals(size, sizeWithin(fab, classifier, one, norm, from), "just beyond");
        assertEquals(0, sizeWithin(fab, classifier, one, norm, Math.nextDown(from)), "before");
        if (norm == Norm.LINF) {
          assertEquals(size, sizeWithin(fab, classifier, one, norm, size), "there");
        }
      }
    }
  }

  /** Of a single value that matters, every norm is the same float. */
  @ParameterizedTest
  @EnumSource
  void succeedsAtTheVeryNormOfASingleValue(Norm norm) {
    LinearClassifier single =
        new LinearClassifier(
            Shape.of(1, 2, 2), new float[][] {new float[4], {0, 3, 0, 0}}, 1.7f, 0);
    Pictures one = Pictures.of(Testing.images(Shape.of(1, 2, 2), 0.5f, 0.5f, 0.5f, 0.5f), 0);
    float size = (float) smallest(new Fab(), single, one, norm).getFirst().norm();
    assertEquals((1.7 - 1.5) / 3, size, 1e-6);
    assertEquals(size, sizeWithin(new Fab(), single, one, norm, Math.nextUp(size)));
    assertEquals(size, sizeWithin(new Fab(), single, one, norm, size));
    assertEquals(0, sizeWithin(new Fab(), single, one, norm, Math.nextDown(size)));
  }

  /** The norm of what it breaks a picture by within a radius, 0 if it does not. */
  private static double sizeWithin(
      Fab fab, Classifier attacked, Pictures one, Norm norm, double radius) {
    try (Scope _ = Scope.open("test")) {
      Threat threat = new Threat(norm, exactly(radius));
      PictureOutcome outcome = fab.run(attacked, one, threat, 1).pictures().getFirst();
      assertEquals(outcome.norm() > 0, outcome.brokenBy().isPresent());
      return outcome.norm();
    }
  }

  /** A difference of floats between 1/8 and 1 is a number of steps of 2^-26, or of 2^-50. */
  private static Rational exactly(double value) {
    long steps = (long) (value * (1L << 50));
    assertEquals(value, (double) steps / (1L << 50), "no step of 2^-50");
    return Rational.of(steps, 1L << 50);
  }

  @ParameterizedTest
  @EnumSource
  void aPictureFaresTheSameAloneAndInAnyBatch(Norm norm) {
    for (Mode mode : Mode.values()) {
      for (Fab fab : List.of(new Fab().restarts(2), Fab.targeted(3).restarts(2))) {
        SameInAnyBatch.require(fab.iterations(10).mode(mode), classifier, pictures, threat(norm));
      }
    }
  }

  /** The published way asks on; what is within the threat is the same. */
  @ParameterizedTest
  @EnumSource
  void strictAndCompatibleBreakTheSamePictures(Norm norm) {
    try (Scope _ = Scope.open("test")) {
      Fab fab = Fab.targeted(4).iterations(20).finalSearch(0);
      AttackResult strict = fab.run(classifier, pictures, threat(norm), 1);
      AttackResult compat = fab.mode(Mode.COMPAT).run(classifier, pictures, threat(norm), 1);
      for (int row = 0; row < PICTURES; row++) {
        PictureOutcome one = strict.pictures().get(row);
        PictureOutcome other = compat.pictures().get(row);
        assertEquals(one.brokenBy(), other.brokenBy());
        assertTrue(one.queries() <= other.queries());
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void moreStepsAndStartsNeverLoseTheSmallest(Norm norm) {
    List<PictureOutcome> few = smallest(Fab.targeted(4).iterations(5), classifier, pictures, norm);
    List<PictureOutcome> more =
        smallest(Fab.targeted(4).iterations(15), classifier, pictures, norm);
    List<PictureOutcome> starts =
        smallest(Fab.targeted(4).iterations(15).restarts(3), classifier, pictures, norm);
    for (int row = 0; row < PICTURES; row++) {
      assertTrue(more.get(row).norm() <= few.get(row).norm());
      assertTrue(starts.get(row).norm() <= more.get(row).norm());
      assertTrue(few.get(row).norm() > 0);
    }
  }

  @Test
  void theFirstStartKnowsNoChance() {
    try (Scope _ = Scope.open("test")) {
      Pictures others = pictures.withIds(IntStream.range(0, PICTURES).mapToLong(i -> i).toArray());
      Fab fab = Fab.targeted(4).iterations(10);
      float[] one = fab.run(classifier, pictures, threat(Norm.L2), 1).images().toFloats();
      float[] other = fab.run(classifier, others, threat(Norm.L2), 2).images().toFloats();
      assertArrayEquals(one, other);
    }
  }

  @Test
  void costsWhatItSays() {
    Threat tiny = Threat.linf(Rational.of(1, 1_000_000));
    for (Fab fab : List.of(new Fab().iterations(4), Fab.targeted(3).iterations(4).restarts(2))) {
      try (Scope _ = Scope.open("test")) {
        CountingClassifier counting = new CountingClassifier(classifier);
        AttackResult result = fab.run(counting, pictures, tiny, 1);
        assertEquals(
            fab.cost(Norm.LINF, 5).times(PICTURES).plus(new Passes(PICTURES, 0)),
            counting.passes());
        assertEquals(fab.cost(Norm.LINF, 5).forward(), result.pictures().getFirst().queries());
      }
    }
    assertEquals(new Passes(1803, 900), Fab.targeted(9).cost(Norm.LINF, 10));
    assertEquals(new Passes(1800, 900), Fab.targeted(9).mode(Mode.COMPAT).cost(Norm.LINF, 10));
  }

  @Test
  void settingsOutOfRangeAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> new Fab().iterations(0));
    assertThrows(IllegalArgumentException.class, () -> new Fab().restarts(0));
    assertThrows(IllegalArgumentException.class, () -> Fab.targeted(-1));
    assertThrows(IllegalArgumentException.class, () -> new Fab().finalSearch(-1));
  }
}
