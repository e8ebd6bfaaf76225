package org.wardlock.attacks.decision;

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
import org.wardlock.attacks.Task;
import org.wardlock.attacks.Testing;
import org.wardlock.attacks.Threat;
import org.wardlock.attacks.WorstCase;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/** HopSkipJump and the boundary attack. */
class DecisionAttacksTest {
  private static final Shape SHAPE = Shape.of(3, 6, 5);

  private final Random random = new Random(231);
  private final FunctionClassifier classifier = FunctionClassifier.network(random, SHAPE, 5);
  private final Pictures pictures =
      Testing.answered(classifier, random, 12)
          .withIds(IntStream.range(0, 12).mapToLong(i -> 40 + 17L * i).toArray());

  /** How near to the known distance of two linear classes an attack comes, at worst. */
  private double worstRatio(Attack attack, Norm norm) {
    LinearClassifier linear = LinearClassifier.random(random, Shape.of(3, 4, 4), 2);
    Pictures answered = Testing.answered(linear, random, 12);
    float[][] values = Rows.toHost(answered.images());
    double worst = 0;
    int checked = 0;
    try (Scope _ = Scope.open("test")) {
      WorstCase worstCase = new WorstCase(linear, answered, new Threat(norm, Rational.of(100, 1)));
      worstCase.apply(attack, 1, Effort.TO_THE_END);
      List<PictureOutcome> found = worstCase.result().pictures();
      for (int row = 0; row < 12; row++) {
        double distance = linear.distance(norm, values[row], answered.labels()[row]);
        // no value of the nearest point reaches 0 or 1
        if (distance < (norm == Norm.L2 ? 0.9 : 0.25)) {
          checked++;
          double change = found.get(row).norm();
          assertTrue(change >= distance * 0.9999, attack + ": " + change + " < " + distance);
          worst = Math.max(worst, change / distance);
        }
      }
    }
    assertTrue(checked >= 2, "only " + checked + " pictures were suitable");
    return worst;
  }

  @Test
  void comeNearTheDistanceOfLinearModels() {
    double l2 = worstRatio(new HopSkipJump().queries(4000), Norm.L2);
    assertTrue(l2 < 1.05, "hopskipjump in l2: " + l2);
    double linf = worstRatio(new HopSkipJump().queries(4000), Norm.LINF);
    assertTrue(linf < 1.15, "hopskipjump in linf: " + linf);
    double walk = worstRatio(new BoundaryAttack(5000), Norm.L2);
    assertTrue(walk < 1.2, "boundary: " + walk);
  }

  @Test
  void aPictureFaresTheSameAloneAndInAnyBatch() {
    for (Norm norm : List.of(Norm.L2, Norm.LINF)) {
      Threat threat = MedianThreat.of(classifier, pictures, norm, 1.6);
      SameInAnyBatch.require(new HopSkipJump(700, 20, 100), classifier, pictures, threat);
    }
    Threat threat = MedianThreat.of(classifier, pictures, Norm.L2, 3);
    SameInAnyBatch.require(new BoundaryAttack(500), classifier, pictures, threat);
  }

  @Test
  void everyQueryCounts() {
    for (Attack attack : List.of(new HopSkipJump(600, 20, 60), new BoundaryAttack(300))) {
      Threat tiny = Threat.l2(Rational.of(1, 1_000_000));
      try (Scope _ = Scope.open("test")) {
        CountingClassifier counting = new CountingClassifier(classifier);
        AttackResult result = attack.run(counting, pictures, tiny, 1);
        long queries = result.pictures().stream().mapToLong(PictureOutcome::queries).sum();
        assertEquals(new Passes(queries + 12, 0), counting.passes());
        for (PictureOutcome one : result.pictures()) {
          assertTrue(one.queries() <= attack.cost(Norm.L2, 5).forward(), attack.toString());
          assertTrue(one.queries() > attack.cost(Norm.L2, 5).forward() - 62, attack.toString());
        }
      }
    }
  }

  /**
   * Of two linear classes the whole course is known but for chance: a start, ten halvings towards
   * the picture, halvings of 1 down to d^-1.5 on the way to the boundary, and then looks.
   */
  @Test
  void hopSkipJumpTakesThePublishedNumberOfQueriesToTheFirstLooks() {
    LinearClassifier linear = LinearClassifier.random(random, Shape.of(1, 4, 4), 2);
    Pictures answered = Testing.answered(linear, random, 12);
    Threat tiny = Threat.l2(Rational.of(1, 1_000_000));
    try (Scope _ = Scope.open("test")) {
      // 16^1.5 is 64: six halvings; a budget that ends before the first looks shows all but these
      AttackResult result = new HopSkipJump(115, 100, 100).run(linear, answered, tiny, 1);
      for (int row = 0; row < 12; row++) {
        Task task = new Task(answered, tiny, 1, Effort.UNTIL_BROKEN);
        float[] clean = Rows.toHost(answered.images())[row];
        StartSearch start = new StartSearch(task, row, clean, _ -> null);
        int trials = 1;
        while (prediction(linear, start.noise(trials - 1)) == answered.labels()[row]) {
          trials++;
        }
        assertEquals(trials + 10 + 6, result.pictures().get(row).queries());
      }
    }
  }

  private static int prediction(LinearClassifier linear, float... image) {
    return linear.logits(Testing.images(linear.imageShape(), image)).argMax().toInts()[0];
  }

  /** Takes all noise for one class: a start must be looked for elsewhere. */
  @Test
  void startsWhereNoiseInEveryPixelIsNoUse() {
    Shape shape = Shape.of(1, 8, 8);
    FunctionClassifier rough =
        new FunctionClassifier(
            shape,
            2,
            images -> {
              Tensor steps = images.slice(3, 1, 8).subtract(images.slice(3, 0, 7)).abs();
              Tensor roughness = steps.mean(1, 2, 3).reshape(images.shape().extent(0), 1);
              return Tensor.concatenate(1, roughness, roughness.affine(-1, 0.4f));
            });
    float[] noise = Testing.uniform(random, 5 * 64, 0, 1);
    Pictures noisy = Pictures.of(Testing.images(shape, noise), new int[5]);
    try (Scope _ = Scope.open("test")) {
      AttackResult result = new HopSkipJump().run(rough, noisy, Threat.l2(Rational.of(100, 1)), 1);
      assertTrue(result.pictures().stream().allMatch(one -> one.brokenBy().isPresent()));
    }
  }

  @Test
  void tilesHaveOneColourEach() {
    Pictures one = Pictures.of(Testing.images(Shape.of(2, 5, 6), new float[60]), 0);
    Task task = new Task(one, Threat.l2(Rational.of(1, 1)), 3, Effort.UNTIL_BROKEN);
    StartSearch start = new StartSearch(task, 0, new float[60], _ -> null);
    assertEquals(60, distinct(start.noise(0)));
    assertEquals(60, distinct(start.noise(2)));
    assertEquals(2 * 9, distinct(start.noise(1)));
    assertEquals(2 * 4, distinct(start.noise(3)));
    assertEquals(2, distinct(start.noise(5)));
    assertEquals(2 * 9, distinct(start.noise(7)));
  }

  private static long distinct(float... values) {
    return IntStream.range(0, values.length).mapToObj(i -> values[i]).distinct().count();
  }

  /** Sideways keeps the distance, inwards takes a hundredth off. */
  @Test
  void boundaryStepsGoWhereTheyShould() {
    float[] clean = Testing.uniform(random, 90, 0.4, 0.6);
    float[] point = Testing.uniform(random, 90, 0.4, 0.6);
    Task task = new Task(pictures, Threat.l2(Rational.of(1, 1)), 3, Effort.UNTIL_BROKEN);
    BoundarySteps steps = new BoundarySteps(task, 0, clean);
    double distance = Norm.L2.distance(clean, point);
    float[] turned = steps.turned(point, distance, Testing.normal(random, 90, 1));
    assertEquals(distance, Norm.L2.distance(clean, turned), 1e-5 * distance);
    assertEquals(0.01 * distance, Norm.L2.distance(point, turned), 1e-4 * distance);
    float[] nearer = steps.nearer(turned, distance);
    assertEquals(0.99 * distance, Norm.L2.distance(clean, nearer), 1e-5 * distance);
  }

  @ParameterizedTest
  @EnumSource
  void whatMakesNoSenseIsRefused(Norm norm) {
    Threat threat = new Threat(norm, Rational.of(1, 10));
    if (norm != Norm.L2) {
      assertThrows(
          IllegalArgumentException.class,
          () -> new BoundaryAttack().run(classifier, pictures, threat, 1));
    }
    if (norm == Norm.L1) {
      assertThrows(
          IllegalArgumentException.class,
          () -> new HopSkipJump().run(classifier, pictures, threat, 1));
    }
    Pictures wanted =
        pictures.withTargets(
            IntStream.of(pictures.labels()).map(label -> (label + 1) % 5).toArray());
    assertThrows(
        IllegalArgumentException.class,
        () -> new HopSkipJump().run(classifier, wanted, Threat.l2(Rational.of(1, 10)), 1));
    assertThrows(IllegalArgumentException.class, () -> new HopSkipJump().queries(0));
    assertThrows(IllegalArgumentException.class, () -> new HopSkipJump(10, 0, 1));
    assertThrows(IllegalArgumentException.class, () -> new HopSkipJump(10, 5, 4));
    assertThrows(IllegalArgumentException.class, () -> new BoundaryAttack(0));
  }
}
