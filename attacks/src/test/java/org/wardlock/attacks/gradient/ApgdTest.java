package org.wardlock.attacks.gradient;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.wardlock.attacks.AttackResult;
import org.wardlock.attacks.CountingClassifier;
import org.wardlock.attacks.FunctionClassifier;
import org.wardlock.attacks.LinearClassifier;
import org.wardlock.attacks.Loss;
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
import org.wardlock.attacks.Transfer;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;

class ApgdTest {
  private static final Shape SHAPE = Shape.of(3, 6, 5);
  private static final int PICTURES = 12;

  private final Random random = new Random(71);
  private final FunctionClassifier classifier = FunctionClassifier.network(random, SHAPE, 5);
  private final Pictures pictures =
      Testing.answered(classifier, random, PICTURES)
          .withIds(IntStream.range(0, PICTURES).mapToLong(i -> 1000L + 37 * i).toArray());

  /** A radius at which some pictures break and some do not. */
  private Threat threat(Norm norm) {
    return MedianThreat.of(classifier, pictures, norm, 1.1);
  }

  @Test
  void looksBackWhereThePublishedProgramDoes() {
    assertArrayEquals(new int[] {22, 41, 57, 70, 80, 87, 93, 99}, Checkpoints.of(100));
    assertArrayEquals(new int[] {11, 21, 30, 38, 45}, Checkpoints.of(50));
    assertArrayEquals(new int[] {44, 82, 114, 140, 160, 174, 186, 198}, Checkpoints.of(200));
    assertArrayEquals(new int[] {8, 15, 21, 26, 30, 33, 35, 37, 39}, Checkpoints.of(40));
    assertArrayEquals(IntStream.rangeClosed(2, 10).toArray(), Checkpoints.of(10));
    int[] twenty = Checkpoints.of(20);
    assertArrayEquals(new int[] {4, 7}, Arrays.copyOf(twenty, 2));
    assertArrayEquals(
        IntStream.rangeClosed(9, 20).toArray(), Arrays.copyOfRange(twenty, 2, twenty.length));
    assertArrayEquals(new int[] {1}, Checkpoints.of(1));
    assertEquals(25, Checkpoints.ofSparseSteps(100).length);
    assertEquals(30, Checkpoints.ofSparseSteps(30).length);
  }

  /** A loss that always rises is never halved for that; one that stays is halved at every look. */
  @Test
  void stepsHalveWhereTheLossHasStoppedRising() {
    HalvingStep rising = new HalvingStep(0.5, Mode.STRICT);
    HalvingStep still = new HalvingStep(0.5, Mode.STRICT);
    double loss = 1;
    rising.observe(loss);
    still.observe(1);
    for (int step = 0; step < 22; step++) {
      rising.observe(++loss);
      still.observe(1);
    }
    assertEquals(1, rising.length());
    assertFalse(rising.lookBack(loss, 0));
    assertTrue(still.lookBack(1, 0));
    assertEquals(1, rising.length());
    assertEquals(0.5, still.length());
    still.observe(1);
    assertTrue(still.lookBack(1, 0));
    assertEquals(0.25, still.length());
  }

  /** Three of four rises are too few, and no new height is not, right after a halving. */
  @Test
  void conditionsOfHalvingAreThePublishedOnes() {
    HalvingStep three = new HalvingStep(1, Mode.STRICT);
    for (double loss : new double[] {0, 1, 2, 3, 2}) {
      three.observe(loss);
    }
    assertTrue(three.lookBack(3, 0), "3 of 4 rises are no more than 75 %");
    for (double loss : new double[] {2.2, 2.4, 2.6, 2.8}) {
      three.observe(loss);
    }
    assertFalse(three.lookBack(3, 0), "rises throughout, and was halved at the last look");
    for (double loss : new double[] {2.85, 2.9, 2.95, 2.99}) {
      three.observe(loss);
    }
    assertTrue(three.lookBack(3, 0), "rises throughout, but to no new height twice");
    assertEquals(0.5, three.length());
  }

  /** The published program takes the loss at the start for 0. */
  @Test
  void theFirstLookSeesTheFirstLossUnlessCompatible() {
    for (Mode mode : Mode.values()) {
      HalvingStep step = new HalvingStep(1, mode);
      for (double loss : new double[] {-4, -3, -2, -1, 0.5}) {
        step.observe(loss);
      }
      assertEquals(mode == Mode.COMPAT, step.lookBack(0.5, 0), "the first rise, from -4 or 0");
    }
  }

  @Test
  void sparseStepsGrowOnlyWhereFewerValuesMove() {
    SparseStep step = new SparseStep(6, 300, 150);
    assertEquals(1 - 150 / 1.5 / 300, step.sparsity(), 1e-12);
    assertFalse(step.lookBack(0, 149));
    assertEquals(4, step.length(), 1e-12);
    assertEquals(1 - 149 / 1.5 / 300, step.sparsity(), 1e-12);
    assertTrue(step.lookBack(0, 100));
    assertEquals(6, step.length());
    for (int look = 0; look < 20; look++) {
      step.lookBack(0, 100);
    }
    assertEquals(0.6, step.length(), 1e-12);
  }

  @ParameterizedTest
  @EnumSource
  void findsThePointsOfLinearModelsJustBeyondTheirDistance(Norm norm) {
    // the random signs of an L1 start leave it a little short of the single best value
    double slack = norm == Norm.L1 ? 0.05 : 0.002;
    int checked = 0;
    for (int model = 0; model < 3; model++) {
      LinearClassifier linear = LinearClassifier.random(random, Shape.of(3, 4, 4), 5);
      Pictures answered = Testing.answered(linear, random, 8);
      float[][] values = Rows.toHost(answered.images());
      for (int row = 0; row < 8; row++) {
        double distance = linear.distance(norm, values[row], answered.labels()[row]);
        if (distance < 0.2) {
          checked++;
          assertEquals(0, broken(linear, answered.select(row), norm, distance * 0.999 - 1e-6));
          assertEquals(
              1, broken(linear, answered.select(row), norm, distance * (1 + slack) + 1e-6));
        }
      }
    }
    assertTrue(checked >= 5, "only " + checked + " pictures were suitable");
  }

  /**
   * Away from the label, losses lead to the nearest boundary where there is only one to lead to. A
   * third class far below the two is what DLR measures by.
   */
  @ParameterizedTest
  @EnumSource
  void everyLossFindsThePointsJustBeyondTheOnlyBoundary(Norm norm) {
    // in L1 it may go on changing several values where a single one would do
    double slack = norm == Norm.L1 ? 0.2 : 0.002;
    Shape shape = Shape.of(3, 4, 4);
    int checked = 0;
    for (int model = 0; model < 3; model++) {
      float[][] weights = {
        Testing.normal(random, 48, 1), Testing.normal(random, 48, 1), new float[48]
      };
      LinearClassifier linear = new LinearClassifier(shape, weights, 0.1f, -0.1f, -60);
      Pictures answered = Testing.answered(linear, random, 40);
      float[][] values = Rows.toHost(answered.images());
      for (int row = 0; row < 40; row++) {
        int label = answered.labels()[row];
        double distance = linear.distance(norm, values[row], label, 1 - label);
        if (distance < 0.2 && checked < 8) {
          checked++;
          Pictures one = answered.select(row);
          for (Loss loss : Loss.values()) {
            // in L1 as many starts as AutoAttack takes
            Apgd apgd = new Apgd(loss).restarts(norm == Norm.L1 ? 5 : 1);
            assertEquals(0, broken(apgd, linear, one, norm, distance * 0.999 - 1e-6), apgd.name());
            double beyond = distance * (1 + slack) + 1e-6;
            assertEquals(1, broken(apgd, linear, one, norm, beyond), apgd.name());
          }
        }
      }
    }
    assertTrue(checked >= 5, "only " + checked + " pictures were suitable");
  }

  private static long broken(LinearClassifier linear, Pictures one, Norm norm, double radius) {
    return broken(Apgd.targeted(4), linear, one, norm, radius);
  }

  private static long broken(
      Apgd apgd, LinearClassifier linear, Pictures one, Norm norm, double radius) {
    try (Scope _ = Scope.open("test")) {
      return broken(apgd.run(linear, one, new Threat(norm, Testing.rational(radius)), 1));
    }
  }

  private static long broken(AttackResult result) {
    return result.pictures().stream().filter(one -> one.brokenBy().isPresent()).count();
  }

  private static List<Apgd> attacks() {
    List<Apgd> attacks = new ArrayList<>();
    for (Mode mode : Mode.values()) {
      attacks.add(new Apgd(Loss.CROSS_ENTROPY).iterations(8).restarts(2).mode(mode));
      attacks.add(new Apgd(Loss.DLR).iterations(8).mode(mode));
      attacks.add(Apgd.targeted(3).iterations(8).mode(mode));
    }
    return attacks;
  }

  @ParameterizedTest
  @EnumSource
  void aPictureFaresTheSameAloneAndInAnyBatch(Norm norm) {
    for (Apgd attack : attacks()) {
      SameInAnyBatch.require(attack, classifier, pictures, threat(norm));
    }
  }

  /** Of what a step breaks, none is asked for again; the first of equal starts breaks the same. */
  @ParameterizedTest
  @EnumSource
  void leavingBrokenPicturesAloneChangesNoVerdict(Norm norm) {
    for (Apgd attack : attacks()) {
      Apgd strict = attack.mode(Mode.STRICT);
      try (Scope _ = Scope.open("test")) {
        AttackResult early = strict.run(classifier, pictures, threat(norm), 5);
        AttackResult late =
            new Transfer(strict, classifier).run(classifier, pictures, threat(norm), 5);
        for (int row = 0; row < PICTURES; row++) {
          assertEquals(
              early.pictures().get(row).brokenBy().isPresent(),
              late.pictures().get(row).brokenBy().isPresent());
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void costsWhatItSays(Norm norm) {
    Threat tiny = new Threat(norm, Rational.of(1, 1_000_000));
    for (Apgd attack : attacks()) {
      try (Scope _ = Scope.open("test")) {
        CountingClassifier counting = new CountingClassifier(classifier);
        AttackResult result = attack.run(counting, pictures, tiny, 1);
        assertEquals(0, broken(result));
        Passes cost = attack.cost(norm, 5);
        assertEquals(cost.times(PICTURES).plus(new Passes(PICTURES, 0)), counting.passes());
        for (PictureOutcome outcome : result.pictures()) {
          assertEquals(cost, new Passes(outcome.queries(), outcome.gradients()));
        }
      }
    }
  }

  @Test
  void costsWhatThePublishedProgramTakes() {
    assertEquals(new Passes(101, 100), new Apgd(Loss.CROSS_ENTROPY).cost(Norm.LINF, 10));
    assertEquals(new Passes(909, 900), Apgd.targeted(9).cost(Norm.LINF, 10));
    assertEquals(
        new Passes(101, 101), new Apgd(Loss.CROSS_ENTROPY).mode(Mode.COMPAT).cost(Norm.LINF, 10));
    assertEquals(new Passes(918, 909), Apgd.targeted(9).mode(Mode.COMPAT).cost(Norm.LINF, 10));
    assertEquals(new Passes(202, 200), Apgd.targeted(9).cost(Norm.LINF, 3));
  }

  @ParameterizedTest
  @EnumSource(names = {"L2", "LINF"})
  void moreRestartsKeepWhatFewerFound(Norm norm) {
    try (Scope _ = Scope.open("test")) {
      Apgd one = new Apgd(Loss.CROSS_ENTROPY).iterations(5);
      AttackResult before = one.run(classifier, pictures, threat(norm), 5);
      AttackResult after = one.restarts(3).run(classifier, pictures, threat(norm), 5);
      for (int row = 0; row < PICTURES; row++) {
        if (before.pictures().get(row).brokenBy().isPresent()) {
          assertEquals(before.pictures().get(row), after.pictures().get(row));
        }
      }
      assertTrue(broken(after) >= broken(before));
    }
  }

  /** Whichever target broke it: a start towards each is the same however many follow. */
  @Test
  void moreRestartsTowardsTargetsKeepWhatFewerFound() {
    try (Scope _ = Scope.open("test")) {
      Apgd one = Apgd.targeted(3).iterations(5);
      AttackResult before = one.run(classifier, pictures, threat(Norm.LINF), 5);
      AttackResult after = one.restarts(2).run(classifier, pictures, threat(Norm.LINF), 5);
      assertTrue(broken(before) > 0 && broken(before) < PICTURES, "nothing to tell apart");
      for (int row = 0; row < PICTURES; row++) {
        boolean fell = before.pictures().get(row).brokenBy().isPresent();
        assertTrue(!fell || after.pictures().get(row).brokenBy().isPresent(), "picture " + row);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void fewClassesAreEnough(Norm norm) {
    for (int classes = 2; classes < 5; classes++) {
      LinearClassifier few = LinearClassifier.random(random, Shape.of(3, 4, 4), classes);
      Pictures answered = Testing.answered(few, random, 6);
      Threat all = new Threat(norm, Rational.of(48, 1));
      try (Scope _ = Scope.open("test")) {
        assertEquals(6, broken(new Apgd(Loss.DLR).run(few, answered, all, 1)));
        assertEquals(6, broken(Apgd.targeted(9).run(few, answered, all, 1)));
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aRadiusOfZeroLeavesEveryBitAlone(Norm norm) {
    try (Scope _ = Scope.open("test")) {
      for (Apgd attack : attacks()) {
        AttackResult result = attack.run(classifier, pictures, new Threat(norm, Rational.ZERO), 1);
        assertEquals(0, broken(result));
        assertArrayEquals(pictures.images().toFloats(), result.images().toFloats());
      }
    }
  }

  @Test
  void targetsOfOnesOwnAndOfThePicturesExclude() {
    int[] targets = Arrays.stream(pictures.labels()).map(label -> (label + 1) % 5).toArray();
    Pictures wanted = pictures.withTargets(targets);
    Threat wide = Threat.linf(Rational.of(1, 4));
    var error =
        assertThrows(
            IllegalArgumentException.class,
            () -> Apgd.targeted(3).run(classifier, wanted, wide, 1));
    assertTrue(error.getMessage().startsWith("apgd-t: "), error.getMessage());
    try (Scope _ = Scope.open("test")) {
      AttackResult result = new Apgd(Loss.DLR).run(classifier, wanted, wide, 1);
      for (int row = 0; row < PICTURES; row++) {
        PictureOutcome outcome = result.pictures().get(row);
        assertEquals(outcome.prediction() == targets[row], outcome.brokenBy().isPresent());
      }
      assertTrue(broken(result) > 0, "no target was reached");
    }
  }

  @Test
  void settingsOutOfRangeAreRefused() {
    Apgd apgd = new Apgd(Loss.CROSS_ENTROPY);
    assertThrows(IllegalArgumentException.class, () -> apgd.iterations(0));
    assertThrows(IllegalArgumentException.class, () -> apgd.restarts(0));
    assertThrows(IllegalArgumentException.class, () -> Apgd.targeted(-1));
    assertThrows(IllegalArgumentException.class, () -> Apgd.targeted(9).restarts(1 << 15));
    assertEquals(Optional.of("apgd-t"), Optional.of(Apgd.targeted(9).name()));
  }
}
