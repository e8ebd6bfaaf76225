package org.wardlock.attacks.gradient;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.wardlock.attacks.Attack;
import org.wardlock.attacks.AttackResult;
import org.wardlock.attacks.LinearClassifier;
import org.wardlock.attacks.Loss;
import org.wardlock.attacks.Norm;
import org.wardlock.attacks.Pictures;
import org.wardlock.attacks.Rational;
import org.wardlock.attacks.Rows;
import org.wardlock.attacks.Testing;
import org.wardlock.attacks.Threat;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;

/** On linear models the smallest change that breaks a picture is known. */
class LinearModelsTest {
  private static final Shape SHAPE = Shape.of(3, 4, 4);
  private static final int PICTURES = 20;

  /** Pictures that any of the norms breaks well before a value reaches 0 or 1. */
  private static final double LARGEST = 0.25;

  private static boolean breaks(
      Attack attack, LinearClassifier classifier, Pictures pictures, int row, Threat threat) {
    try (Scope _ = Scope.open("test")) {
      AttackResult result = attack.run(classifier, pictures.select(row), threat, 1);
      return result.pictures().getFirst().brokenBy().isPresent();
    }
  }

  /** Checks that an attack succeeds just beyond the known distance and never before. */
  private static void requireExact(Attack attack, Norm norm, int classes) {
    Random random = new Random(11);
    int checked = 0;
    for (int model = 0; model < 3; model++) {
      LinearClassifier classifier = LinearClassifier.random(random, SHAPE, classes);
      Pictures pictures = Testing.answered(classifier, random, PICTURES);
      float[][] values = Rows.toHost(pictures.images());
      for (int row = 0; row < PICTURES; row++) {
        double distance = classifier.distance(norm, values[row], pictures.labels()[row]);
        if (distance < LARGEST) {
          Threat beyond = new Threat(norm, Testing.rational(distance * 1.001 + 1e-6));
          Threat before = new Threat(norm, Testing.rational(distance * 0.999 - 1e-6));
          assertTrue(breaks(attack, classifier, pictures, row, beyond), attack + " " + beyond);
          assertFalse(breaks(attack, classifier, pictures, row, before), attack + " " + before);
          checked++;
        }
      }
    }
    assertTrue(checked > 10, "only " + checked + " pictures were suitable");
  }

  @ParameterizedTest
  @EnumSource
  void oneStepIsOptimalForTwoClasses(Norm norm) {
    requireExact(
        new Pgd(Loss.CROSS_ENTROPY)
            .iterations(1)
            .stepSize(Rational.of(1, 1))
            .randomStart(false)
            .sparsity(0.999),
        norm,
        2);
  }

  @Test
  void fgsmIsOptimalForTwoClasses() {
    requireExact(new Fgsm(), Norm.LINF, 2);
    requireExact(new Fgsm(), Norm.L2, 2);
  }

  @ParameterizedTest
  @EnumSource(names = {"LINF", "L2"})
  void pgdIsOptimalForTwoClassesFromAnyStart(Norm norm) {
    Pgd largeSteps = new Pgd(Loss.CROSS_ENTROPY).stepSize(Rational.of(1, 10));
    requireExact(largeSteps, norm, 2);
    requireExact(largeSteps.restarts(2), norm, 2);
  }

  @ParameterizedTest
  @EnumSource
  void nothingIsFoundNearerThanTheNearestOfTenClasses(Norm norm) {
    Random random = new Random(12);
    LinearClassifier classifier = LinearClassifier.random(random, SHAPE, 10);
    Pictures pictures = Testing.answered(classifier, random, PICTURES);
    float[][] values = Rows.toHost(pictures.images());
    for (int row = 0; row < PICTURES; row++) {
      double distance = classifier.distance(norm, values[row], pictures.labels()[row]);
      Threat before = new Threat(norm, Testing.rational(distance * 0.999));
      for (Loss loss : Loss.values()) {
        Attack attack = new Pgd(loss).iterations(10).restarts(2);
        assertFalse(breaks(attack, classifier, pictures, row, before), attack + " " + before);
      }
    }
  }

  @Test
  void targetedDescentFindsTheTargetAmongTen() {
    Random random = new Random(13);
    LinearClassifier classifier = LinearClassifier.random(random, Shape.of(3, 8, 8), 10);
    Pictures pictures = Testing.answered(classifier, random, 10);
    Threat threat = Threat.linf(Rational.of(3, 10));
    try (Scope _ = Scope.open("test")) {
      for (int shift = 1; shift < 10; shift++) {
        int[] targets = new int[10];
        for (int i = 0; i < 10; i++) {
          targets[i] = (pictures.labels()[i] + shift) % 10;
        }
        Pictures wanted = pictures.withTargets(targets);
        AttackResult result =
            new Pgd(Loss.CROSS_ENTROPY).iterations(50).run(classifier, wanted, threat, 1);
        int[] predictions = classifier.logits(result.images()).argMax().toInts();
        assertArrayEquals(targets, predictions);
        assertTrue(result.pictures().stream().allMatch(one -> one.brokenBy().isPresent()));
      }
    }
  }

  /** The gradient is the same everywhere, so the whole way goes to one corner of the ball. */
  @Test
  void stepsOfTheRadiusEndInTheCornerToTheLastBit() {
    Random random = new Random(14);
    Rational radius = Rational.of(8, 255);
    int broken = 0;
    try (Scope _ = Scope.open("test")) {
      for (int i = 0; i < 50; i++) {
        LinearClassifier classifier = LinearClassifier.random(random, SHAPE, 2);
        Pictures one = Testing.answered(classifier, random, 1);
        AttackResult result = new Fgsm().run(classifier, one, Threat.linf(radius), 1);
        if (result.pictures().getFirst().brokenBy().equals(Optional.of("fgsm"))) {
          broken++;
          float[] clean = one.images().toFloats();
          float[] found = result.images().toFloats();
          int label = one.labels()[0];
          for (int j = 0; j < clean.length; j++) {
            boolean up = classifier.weight(1 - label, j) > classifier.weight(label, j);
            float next = up ? Math.nextUp(found[j]) : Math.nextDown(found[j]);
            assertTrue(radius.compareToDistance(clean[j], found[j]) >= 0, "inside");
            assertTrue(radius.compareToDistance(clean[j], next) < 0, "the last float inside");
          }
        }
      }
    }
    assertTrue(broken >= 5, "only " + broken + " of 50 were broken, and looked at");
  }

  @Test
  void sparseStepsChangeTheShareOfValuesThatTheyShould() {
    float[] gradient = {3, -1, 0, 4, -5, 2, 0, 0, 0, 0};
    float[] some = gradient.clone();
    SteepestAscent.keepLargest(some, 0.7);
    assertArrayEquals(new float[] {1 / 3f, 0, 0, 1 / 3f, -1 / 3f, 0, 0, 0, 0, 0}, some);
    float[] one = gradient.clone();
    SteepestAscent.keepLargest(one, 0.99);
    assertArrayEquals(new float[] {0, 0, 0, 0, -1, 0, 0, 0, 0, 0}, one);
    float[] all = gradient.clone();
    SteepestAscent.keepLargest(all, 0);
    assertEquals(-0.2f, all[4]);
    assertEquals(0, all[2]);
    float[] none = new float[4];
    SteepestAscent.keepLargest(none, 0.5);
    assertArrayEquals(new float[4], none);
  }
}
