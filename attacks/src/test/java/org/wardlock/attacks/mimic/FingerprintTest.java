package org.wardlock.attacks.mimic;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.wardlock.attacks.FunctionClassifier;
import org.wardlock.attacks.FunctionFeatures;
import org.wardlock.attacks.Testing;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

class FingerprintTest {
  private static final Shape SHAPE = Shape.of(3, 12, 12);
  private static final int CHANNELS = 8;
  private static final int CLASSES = 5;

  private final Random random = new Random(29);

  /** A convolution with a rectifier, which can be silenced. */
  private FunctionFeatures teacher() {
    Tensor filters =
        Tensor.of(
            Testing.device(),
            Shape.of(CHANNELS, 3, 3, 3),
            Testing.normal(random, CHANNELS * 27, 0.5));
    return new FunctionFeatures(SHAPE, images -> images.affine(2, -1).conv2d(filters, 1, 0).relu());
  }

  @Test
  void theRightTeacherLeavesAStudentWithoutAnOpinion() {
    FunctionFeatures right = teacher();
    FunctionFeatures wrong = teacher();
    Tensor head =
        Tensor.of(
            Testing.device(),
            Shape.of(CLASSES, CHANNELS),
            Testing.normal(random, CLASSES * CHANNELS, 8));
    FunctionClassifier student = right.student(head);
    try (Scope _ = Scope.open("test")) {
      Fingerprint fits = Fingerprint.towardsZero(right, 2, 500, 3);
      Fingerprint misses = Fingerprint.towardsZero(wrong, 2, 500, 3);
      assertTrue(fits.remaining() < 0.3, "left " + fits.remaining());
      Fingerprint.Opinion none = fits.of(student);
      Fingerprint.Opinion some = misses.of(student);
      assertTrue(none.gini() < 0.5 * some.gini(), none + " of the right one, " + some);
      assertTrue(none.confidence() < some.confidence(), none + " of the right one, " + some);
    }
  }

  /**
   * The default way: pictures that have the right teacher's mean features leave a student without
   * an opinion that tells the examples apart; those that have another one's still show it what they
   * are. Few features of many values, as of real networks: so they change and what is seen does
   * not.
   */
  @Test
  void theRightTeachersMeanIsNothingInParticularToAStudent() {
    FunctionFeatures right = pooled(teacher());
    FunctionFeatures wrong = pooled(teacher());
    Tensor examples = examples(12);
    try (Scope _ = Scope.open("test")) {
      FunctionClassifier student = student(right, examples);
      double before = opinion(student, examples.slice(0, 0, 4)).gini();
      Fingerprint fits = Fingerprint.towardsMean(right, examples, 4, 150);
      Fingerprint misses = Fingerprint.towardsMean(wrong, examples, 4, 150);
      Fingerprint.Opinion little = fits.of(student);
      Fingerprint.Opinion some = misses.of(student);
      String found = "%s of the right one, %s, %s before".formatted(little, some, before);
      assertTrue(little.gini() < 0.7 * some.gini(), found);
      assertTrue(little.confidence() < some.confidence(), found);
      assertTrue(little.gini() < 0.7 * before, found);
    }
  }

  private static FunctionFeatures pooled(FunctionFeatures positions) {
    return new FunctionFeatures(
        SHAPE,
        images ->
            positions
                .features(images)
                .mean(2, 3)
                .reshape(images.shape().extent(0), CHANNELS, 1, 1));
  }

  /** Pictures of nearly one colour each, with noise. */
  private Tensor examples(int count) {
    int plane = (int) SHAPE.count() / 3;
    float[] values = new float[count * 3 * plane];
    for (int i = 0; i < values.length; i++) {
      double colour = new Random(i / plane).nextDouble(0.35, 0.65);
      values[i] = Math.round((colour + 0.4 * (random.nextDouble() - 0.5)) * 255) / 255f;
    }
    return Testing.images(SHAPE, values);
  }

  /** A head that is sure of the examples, and of their mean features of nothing. */
  private FunctionClassifier student(FunctionFeatures teacher, Tensor examples) {
    Tensor head =
        Tensor.of(
            Testing.device(),
            Shape.of(CLASSES, CHANNELS),
            Testing.normal(random, CLASSES * CHANNELS, 30));
    FunctionClassifier plain = teacher.student(head);
    Tensor bias = plain.logits(examples).mean(0);
    return new FunctionClassifier(SHAPE, CLASSES, images -> plain.logits(images).subtract(bias));
  }

  private static Fingerprint.Opinion opinion(FunctionClassifier student, Tensor images) {
    return new Fingerprint(images, 1).of(student);
  }

  /** Of features that are the values, the mean of all pictures is what the first come near. */
  @Test
  void picturesComeNearTheMeanWithinTheBudget() {
    var values = new FunctionFeatures(SHAPE, images -> images.multiply(2));
    float[] one = Testing.uniform(random, (int) SHAPE.count(), 0.2, 0.8);
    float[] several = new float[5 * one.length];
    for (int i = 0; i < several.length; i++) {
      double value = one[i % one.length] + 0.1 * (random.nextDouble() - 0.5);
      several[i] = Math.round(value * 255) / 255f;
    }
    Tensor examples = Testing.images(SHAPE, several);
    try (Scope _ = Scope.open("test")) {
      Fingerprint made = Fingerprint.towardsMean(values, examples, 2, 150);
      assertEquals(Shape.of(2, 3, 12, 12), made.images().shape());
      Tensor first = examples.slice(0, 0, 2).copy();
      double missed = made.images().subtract(examples.mean(0)).square().sum().item();
      double before = first.subtract(examples.mean(0)).square().sum().item();
      assertTrue(missed < 0.3 * before, missed + " of " + before);
      assertTrue(made.remaining() < 0.55, "left " + made.remaining());
      for (float unlike : StructuralDissimilarity.to(first).of(made.images()).toFloats()) {
        assertTrue(unlike <= Fingerprint.BUDGET, "dissimilarity " + unlike);
      }
    }
  }

  @Test
  void equalSeedsGiveEqualPictures() {
    FunctionFeatures teacher = teacher();
    try (Scope _ = Scope.open("test")) {
      float[] once = Fingerprint.towardsZero(teacher, 2, 5, 3).images().toFloats();
      assertArrayEquals(once, Fingerprint.towardsZero(teacher, 2, 5, 3).images().toFloats());
      float[] other = Fingerprint.towardsZero(teacher, 2, 5, 4).images().toFloats();
      assertTrue(!Arrays.equals(once, other));
    }
  }

  @Test
  void giniIsHowUnequalSharesAre() {
    assertEquals(0, Gini.of(0.2, 0.2, 0.2, 0.2, 0.2), 1e-15);
    assertEquals(0.8, Gini.of(0, 0, 1, 0, 0), 1e-15);
    assertEquals(0.25, Gini.of(0.75, 0.25), 1e-15);
    // twice the mean is 4, the mean difference over all nine pairs 8/9
    assertEquals(8.0 / 9 / 4, Gini.of(3, 1, 2), 1e-15);
    assertThrows(IllegalArgumentException.class, () -> Gini.of());
    assertThrows(IllegalArgumentException.class, () -> Gini.of(0, 0));
    assertThrows(IllegalArgumentException.class, () -> Gini.of(-1, 2));
  }
}
