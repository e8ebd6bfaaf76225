package org.wardlock.attacks;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LossTest {
  private static final double[] FOUR = {1, 2, 3, 4};
  private static final double[] SIX = {0.5, -1.25, 3, 2.75, 0, 3.5};

  private static double value(Loss loss, double[] logits, int label) {
    return loss.of(logits, label, OptionalInt.empty()).value();
  }

  private static double value(Loss loss, double[] logits, int label, int target) {
    return loss.of(logits, label, OptionalInt.of(target)).value();
  }

  @Test
  void dlrHasTheKnownValues() {
    double[] four = IntStream.range(0, 4).mapToDouble(y -> value(Loss.DLR, FOUR, y)).toArray();
    assertArrayEquals(new double[] {1.5, 1, 0.5, -0.5}, four, 1e-9);
    double[] six = IntStream.range(0, 6).mapToDouble(y -> value(Loss.DLR, SIX, y)).toArray();
    assertArrayEquals(new double[] {4, 19 / 3.0, 2 / 3.0, 1, 14 / 3.0, -2 / 3.0}, six, 1e-9);
  }

  @Test
  void targetedDlrHasTheKnownValues() {
    assertEquals(-1.2, value(Loss.DLR, FOUR, 3, 0), 1e-9);
    assertEquals(-0.4, value(Loss.DLR, FOUR, 3, 2), 1e-9);
    assertEquals(0.4, value(Loss.DLR, FOUR, 2, 3), 1e-9);
    double[] six = IntStream.range(0, 5).mapToDouble(t -> value(Loss.DLR, SIX, 5, t)).toArray();
    assertArrayEquals(new double[] {-1.6, -38 / 15.0, -4 / 15.0, -0.4, -28 / 15.0}, six, 1e-9);
  }

  @Test
  void crossEntropyAndMarginHaveTheirDefinitions() {
    double sum = Arrays.stream(FOUR).map(Math::exp).sum();
    assertEquals(Math.log(sum) - 2, value(Loss.CROSS_ENTROPY, FOUR, 1), 1e-12);
    assertEquals(2 - Math.log(sum), value(Loss.CROSS_ENTROPY, FOUR, 3, 1), 1e-12);
    assertEquals(2, value(Loss.MARGIN, FOUR, 1), 0);
    assertEquals(-1, value(Loss.MARGIN, FOUR, 3), 0);
    assertEquals(-2, value(Loss.MARGIN, FOUR, 0, 1), 0);
    assertEquals(1, value(Loss.MARGIN, FOUR, 0, 3), 0);
  }

  @ParameterizedTest
  @EnumSource
  void gradientsAgreeWithDifferences(Loss loss) {
    Random random = new Random(7);
    for (int i = 0; i < 200; i++) {
      double[] logits = random.doubles(6, -3, 3).toArray();
      int label = random.nextInt(6);
      int other = (label + 1 + random.nextInt(5)) % 6;
      for (OptionalInt target : new OptionalInt[] {OptionalInt.empty(), OptionalInt.of(other)}) {
        double[] gradient = loss.of(logits, label, target).gradient();
        for (int k = 0; k < 6; k++) {
          double[] up = logits.clone();
          double[] down = logits.clone();
          up[k] += 1e-6;
          down[k] -= 1e-6;
          double slope =
              (loss.of(up, label, target).value() - loss.of(down, label, target).value()) / 2e-6;
          assertEquals(slope, gradient[k], 1e-5 * Math.max(1, Math.abs(slope)));
        }
      }
    }
  }

  @Test
  void dlrIgnoresScaleAndShift() {
    Random random = new Random(8);
    for (int i = 0; i < 200; i++) {
      double[] logits = random.doubles(10, -3, 3).toArray();
      double[] other = Arrays.stream(logits).map(z -> 7 * z - 3).toArray();
      int label = random.nextInt(9);
      assertEquals(value(Loss.DLR, logits, label), value(Loss.DLR, other, label), 1e-9);
      assertEquals(value(Loss.DLR, logits, label, 9), value(Loss.DLR, other, label, 9), 1e-9);
    }
  }

  @Test
  void dlrIsFlatWhereTheLabelHasSunkToThirdPlace() {
    LossValue third = Loss.DLR.of(FOUR, 1, OptionalInt.empty());
    assertEquals(1, third.value(), 1e-9);
    assertArrayEquals(new double[4], third.gradient(), 1e-9);
  }

  @ParameterizedTest
  @EnumSource
  void equalLogitsGiveFiniteLosses(Loss loss) {
    for (OptionalInt target : new OptionalInt[] {OptionalInt.empty(), OptionalInt.of(2)}) {
      LossValue flat = loss.of(new double[] {1, 1, 1, 1, 1}, 0, target);
      assertTrue(Double.isFinite(flat.value()));
      assertTrue(Arrays.stream(flat.gradient()).allMatch(Double::isFinite));
    }
  }

  @Test
  void lossesNeedEnoughClasses() {
    double[] two = {1, 2};
    double[] three = {1, 2, 3};
    var error = assertThrows(IllegalArgumentException.class, () -> value(Loss.DLR, two, 0));
    assertEquals(
        "loss dlr: the classifier tells 2 classes apart, at least 3 are needed; use margin",
        error.getMessage());
    assertThrows(IllegalArgumentException.class, () -> value(Loss.DLR, three, 0, 1));
    assertEquals(0.5, value(Loss.DLR, three, 1), 1e-9);
    assertEquals(-1, value(Loss.MARGIN, two, 1), 0);
    assertTrue(Double.isFinite(value(Loss.CROSS_ENTROPY, two, 1)));
  }

  @Test
  void confidentAnswersStillShowTheWay() {
    LossValue confident = Loss.CROSS_ENTROPY.of(new double[] {300, 0, -2}, 0, OptionalInt.empty());
    assertEquals(0, (float) confident.gradient()[1], "the gradient itself vanishes in floats");
    double[] direction = confident.direction();
    assertTrue(direction[0] <= -1 && direction[0] > -2, Arrays.toString(direction));
    assertEquals(confident.gradient()[1] / confident.gradient()[0], direction[1] / direction[0]);
    assertArrayEquals(new double[2], new LossValue(0, new double[2]).direction());
  }
}
