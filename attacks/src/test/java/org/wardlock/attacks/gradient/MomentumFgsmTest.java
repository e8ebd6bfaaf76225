package org.wardlock.attacks.gradient;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.wardlock.attacks.AttackResult;
import org.wardlock.attacks.CountingClassifier;
import org.wardlock.attacks.Effort;
import org.wardlock.attacks.Ensemble;
import org.wardlock.attacks.FunctionClassifier;
import org.wardlock.attacks.LinearClassifier;
import org.wardlock.attacks.Loss;
import org.wardlock.attacks.MedianThreat;
import org.wardlock.attacks.Norm;
import org.wardlock.attacks.Oracle;
import org.wardlock.attacks.Passes;
import org.wardlock.attacks.Pictures;
import org.wardlock.attacks.Rational;
import org.wardlock.attacks.RememberingClassifier;
import org.wardlock.attacks.Rows;
import org.wardlock.attacks.SameInAnyBatch;
import org.wardlock.attacks.Task;
import org.wardlock.attacks.Testing;
import org.wardlock.attacks.Threat;
import org.wardlock.attacks.Transfer;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

class MomentumFgsmTest {
  private static final Shape SHAPE = Shape.of(3, 6, 5);

  private final Random random = new Random(111);
  private final FunctionClassifier classifier = FunctionClassifier.network(random, SHAPE, 5);
  private final Pictures pictures =
      Testing.answered(classifier, random, 12)
          .withIds(IntStream.range(0, 12).mapToLong(i -> 7 + 5L * i).toArray());

  private static List<MomentumFgsm> attacks() {
    MomentumFgsm plain = new MomentumFgsm();
    return List.of(
        plain,
        plain.lookingAhead(),
        plain.diversity(0.7),
        plain.smoothing(3),
        plain.lookingAhead().diversity(0.5).smoothing(3));
  }

  @Test
  void namesSayWhatIsDone() {
    assertEquals(
        List.of("mi-fgsm", "ni-fgsm", "mi-di-fgsm", "mi-ti-fgsm", "ni-di-ti-fgsm"),
        attacks().stream().map(MomentumFgsm::name).toList());
  }

  @ParameterizedTest
  @EnumSource
  void aPictureFaresTheSameAloneAndInAnyBatch(Norm norm) {
    Threat threat = MedianThreat.of(classifier, pictures, norm, 2);
    for (MomentumFgsm attack : attacks()) {
      SameInAnyBatch.require(attack, classifier, pictures, threat);
    }
  }

  /** The gradient is the same everywhere, so all steps go one way, to the corner of the ball. */
  @Test
  void isFgsmOnLinearModels() {
    LinearClassifier linear = LinearClassifier.random(random, Shape.of(3, 4, 4), 2);
    Pictures answered = Testing.answered(linear, random, 10);
    Threat threat = Threat.linf(Rational.of(1, 20));
    try (Scope _ = Scope.open("test")) {
      AttackResult steps = new MomentumFgsm().run(linear, answered, threat, 1);
      AttackResult one = new Fgsm().run(linear, answered, threat, 1);
      assertTrue(one.robustAccuracy() < 1, "nothing was broken");
      assertArrayEquals(one.images().toFloats(), steps.images().toFloats(), 1e-6f);
    }
  }

  /** NI: the second gradient is that of the point to which the momentum of the first leads. */
  @Test
  void looksAheadByTheMomentum() {
    LinearClassifier linear = LinearClassifier.random(random, Shape.of(3, 4, 4), 3);
    Pictures one = Testing.answered(linear, random, 1);
    List<float[]> asked = new ArrayList<>();
    FunctionClassifier noted =
        new FunctionClassifier(
            linear.imageShape(),
            3,
            images -> {
              asked.add(images.toFloats());
              return linear.logits(images);
            });
    double step = 1.0 / 50 / 2;
    try (Scope _ = Scope.open("test")) {
      Task task = new Task(one, Threat.linf(Rational.of(1, 50)), 1, Effort.TO_THE_END);
      new MomentumFgsm().lookingAhead().iterations(2).search(Oracle.of(noted, one), task);
    }
    int label = one.labels()[0];
    assertArrayEquals(one.images().toFloats(), asked.get(0));
    double[] first = slope(linear, label, asked.get(0));
    double[] second = slope(linear, label, asked.get(1));
    double[] ahead = new double[first.length];
    double[] end = new double[first.length];
    for (int i = 0; i < first.length; i++) {
      double moved = Math.clamp(asked.get(0)[i] + step * Math.signum(first[i]), 0, 1);
      ahead[i] = Math.clamp(moved + step * first[i], 0, 1);
      end[i] = Math.clamp(moved + step * Math.signum(first[i] + second[i]), 0, 1);
    }
    assertClose(ahead, asked.get(1));
    assertClose(end, asked.get(2));
    assertEquals(3, asked.size());
  }

  /** The gradient of the cross-entropy of a linear model, over the mean of its absolute values. */
  private static double[] slope(LinearClassifier linear, int label, float... picture) {
    double[] likely = new double[3];
    for (int k = 0; k < 3; k++) {
      double logit = linear.bias(k);
      for (int i = 0; i < picture.length; i++) {
        logit += (double) linear.weight(k, i) * picture[i];
      }
      likely[k] = Math.exp(logit);
    }
    double sum = Arrays.stream(likely).sum();
    double[] slope = new double[picture.length];
    for (int i = 0; i < picture.length; i++) {
      for (int k = 0; k < 3; k++) {
        slope[i] += (likely[k] / sum - (k == label ? 1 : 0)) * linear.weight(k, i);
      }
    }
    double mean = Arrays.stream(slope).map(Math::abs).average().orElseThrow();
    return Arrays.stream(slope).map(value -> value / mean).toArray();
  }

  private static void assertClose(double[] expected, float... found) {
    double[] exact = new double[found.length];
    Arrays.setAll(exact, i -> found[i]);
    assertArrayEquals(expected, exact, 2e-6);
  }

  /**
   * Two values whose gradients are (3, 1) at the start and (-8, 8) after a step of 1/16 in both.
   * Divided by their sums of magnitudes these are (0.75, 0.25) and (-0.5, 0.5): with full momentum
   * the second step goes along (0.25, 0.75), with half of it along (-0.125, 0.625).
   */
  @Test
  void momentumAddsGradientsOfSumOne() {
    RememberingClassifier full = bent(new MomentumFgsm(Loss.MARGIN, 2, 1, false, 0, 1));
    assertArrayEquals(new float[] {0.5f, 0.5f}, full.way(0)[0]);
    assertArrayEquals(new float[] {0.5625f, 0.5625f}, full.way(0)[1], 1e-6f);
    assertArrayEquals(new float[] {0.625f, 0.625f}, full.way(0)[2], 1e-6f);
    RememberingClassifier half = bent(new MomentumFgsm(Loss.MARGIN, 2, 0.5, false, 0, 1));
    assertArrayEquals(new float[] {0.5f, 0.625f}, half.way(0)[2], 1e-6f);
    RememberingClassifier none = bent(new MomentumFgsm(Loss.MARGIN, 2, 0, false, 0, 1));
    assertArrayEquals(new float[] {0.5f, 0.625f}, none.way(0)[2], 1e-6f);
  }

  /** The direction of a step in L2 shows the momentum itself. */
  @Test
  void stepsInL2GoAlongTheMomentum() {
    for (double decay : new double[] {1, 0.5, 0}) {
      MomentumFgsm attack = new MomentumFgsm(Loss.MARGIN, 2, decay, false, 0, 1);
      RememberingClassifier bent = new RememberingClassifier(bent());
      try (Scope _ = Scope.open("test")) {
        attack.run(bent, grey(), Threat.l2(Rational.of(1, 8)), 1);
      }
      float[][] way = bent.way(0);
      double[] momentum = {0, 0};
      double[] at = {0.5, 0.5};
      for (int step = 0; step < 2; step++) {
        double[] gradient = {3 - 176 * (at[0] - 0.5), 1 + 112 * (at[1] - 0.5)};
        double sum = Math.abs(gradient[0]) + Math.abs(gradient[1]);
        for (int i = 0; i < 2; i++) {
          momentum[i] = decay * momentum[i] + gradient[i] / sum;
        }
        double length = Math.hypot(momentum[0], momentum[1]);
        for (int i = 0; i < 2; i++) {
          at[i] += momentum[i] / length / 16;
          assertEquals(at[i], way[step + 1][i], 1e-6, "decay " + decay + ", step " + step);
        }
      }
    }
  }

  private static Pictures grey() {
    return Pictures.of(Testing.images(Shape.of(1, 1, 2), 0.5f, 0.5f), 0);
  }

  private static RememberingClassifier bent(MomentumFgsm attack) {
    RememberingClassifier bent = new RememberingClassifier(bent());
    try (Scope _ = Scope.open("test")) {
      attack.run(bent, grey(), Threat.linf(Rational.of(1, 8)), 1);
    }
    return bent;
  }

  /** A margin of 3 u - 88 u^2 + v + 56 v^2 - 100, for values of 0.5 + u and 0.5 + v. */
  private static FunctionClassifier bent() {
    Tensor slope = Testing.images(Shape.of(1, 1, 2), 3, 1);
    Tensor bend = Testing.images(Shape.of(1, 1, 2), -88, 56);
    return new FunctionClassifier(
        Shape.of(1, 1, 2),
        2,
        images -> {
          Tensor moved = images.add(-0.5f);
          Tensor margin =
              moved
                  .multiply(slope)
                  .add(moved.square().multiply(bend))
                  .sum(1, 2, 3)
                  .reshape(-1, 1)
                  .add(-100);
          return Tensor.concatenate(1, margin.multiply(0), margin);
        });
  }

  @Test
  void costsWhatItSays() {
    Threat tiny = Threat.linf(Rational.of(1, 1_000_000));
    try (Scope _ = Scope.open("test")) {
      for (MomentumFgsm attack : attacks()) {
        CountingClassifier counting = new CountingClassifier(classifier);
        attack.run(counting, pictures, tiny, 1);
        assertEquals(
            attack.cost(Norm.LINF, 5).times(12).plus(new Passes(12, 0)), counting.passes());
      }
    }
  }

  @Test
  void placementsAreLinearAndGradientsGoBackTheSameWay() {
    try (Scope _ = Scope.open("test")) {
      InputDiversity always = new InputDiversity(1, pictures, 3);
      for (int step = 0; step < 5; step++) {
        for (InputDiversity.Placement placement :
            List.of(always.random(step), always.gaussian(3))) {
          Tensor x = Testing.images(SHAPE, Testing.normal(random, 12 * 90, 1));
          Tensor g = Testing.images(SHAPE, Testing.normal(random, 12 * 90, 1));
          double there = placement.apply(x).multiply(g).sum().item();
          double back = x.multiply(placement.back(g)).sum().item();
          assertEquals(there, back, 1e-3);
        }
      }
      Tensor images = pictures.images();
      assertArrayEquals(
          images.toFloats(), new InputDiversity(0, pictures, 3).random(0).apply(images).toFloats());
      Tensor seen = always.random(1).apply(images);
      for (float[] picture : Rows.toHost(seen)) {
        for (float value : picture) {
          assertTrue(value >= 0 && value <= 1.000001f, "value " + value);
        }
      }
    }
  }

  @Test
  void smoothingIsAGaussianOfWeightOne() {
    try (Scope _ = Scope.open("test")) {
      float[] point = new float[12 * 90];
      point[2 * 5 + 2] = 1;
      float[] smooth =
          new InputDiversity(0, pictures, 3)
              .gaussian(3)
              .apply(Testing.images(SHAPE, point))
              .toFloats();
      double side = Math.exp(-4.5) / (1 + 2 * Math.exp(-4.5));
      double middle = 1 / (1 + 2 * Math.exp(-4.5));
      assertEquals(middle * middle, smooth[2 * 5 + 2], 1e-6);
      assertEquals(middle * side, smooth[2 * 5 + 1], 1e-6);
      assertEquals(side * side, smooth[3 * 5 + 3], 1e-6);
      assertEquals(0, smooth[2 * 5 + 4]);
    }
  }

  @Test
  void ensemblesAnswerByTheMeanOfTheirLogits() {
    FunctionClassifier other = FunctionClassifier.network(random, SHAPE, 5);
    Ensemble both = new Ensemble(List.of(classifier, other));
    try (Scope _ = Scope.open("test")) {
      float[] first = classifier.logits(pictures.images()).toFloats();
      float[] second = other.logits(pictures.images()).toFloats();
      float[] mean = both.logits(pictures.images()).toFloats();
      for (int i = 0; i < mean.length; i++) {
        assertEquals((first[i] + second[i]) / 2, mean[i], 1e-5);
      }
      Threat threat = MedianThreat.of(classifier, pictures, Norm.LINF, 3);
      AttackResult result =
          new Transfer(new MomentumFgsm().diversity(0.5), both)
              .run(classifier, pictures, threat, 1);
      assertTrue(result.robustAccuracy() < 1, "nothing carried over");
      result.pictures().forEach(one -> assertEquals(1, one.queries()));
    }
    FunctionClassifier fewer = FunctionClassifier.network(random, SHAPE, 4);
    var error =
        assertThrows(
            IllegalArgumentException.class, () -> new Ensemble(List.of(classifier, fewer)));
    assertEquals("ensemble: a member has classes 4, the first one 5", error.getMessage());
    assertThrows(IllegalArgumentException.class, () -> new Ensemble(List.of()));
  }

  @Test
  void settingsOutOfRangeAreRefused() {
    MomentumFgsm attack = new MomentumFgsm();
    assertThrows(IllegalArgumentException.class, () -> attack.iterations(0));
    assertThrows(IllegalArgumentException.class, () -> attack.decay(1.5));
    assertThrows(IllegalArgumentException.class, () -> attack.diversity(-1));
    assertThrows(IllegalArgumentException.class, () -> attack.smoothing(4));
    assertThrows(
        IllegalArgumentException.class,
        () -> new MomentumFgsm(Loss.DLR, 1, Double.NaN, false, 0, 1));
  }
}
