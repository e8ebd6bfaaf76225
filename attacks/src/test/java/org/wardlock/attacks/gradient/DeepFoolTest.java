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
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

class DeepFoolTest {
  private final Random random = new Random(101);

  /** One step reaches the nearest boundary; the change is 2 % longer. */
  @ParameterizedTest
  @EnumSource
  void goesTwoPerCentBeyondTheNearestBoundaryOfLinearModels(Norm norm) {
    LinearClassifier linear = LinearClassifier.random(random, Shape.of(3, 4, 4), 4);
    Pictures answered = Testing.answered(linear, random, 60);
    float[][] values = Rows.toHost(answered.images());
    int checked = 0;
    try (Scope _ = Scope.open("test")) {
      List<PictureOutcome> found =
          new DeepFool().run(linear, answered, new Threat(norm, Rational.of(100, 1)), 1).pictures();
      for (int row = 0; row < 60; row++) {
        double distance = linear.distance(norm, values[row], answered.labels()[row]);
        if (distance < 0.25) {
          checked++;
          assertEquals(1.02 * distance, found.get(row).norm(), 1e-4 * distance);
          assertEquals(4, found.get(row).queries());
        }
      }
    }
    assertTrue(checked >= 3, "only " + checked + " pictures were suitable");
  }

  @ParameterizedTest
  @EnumSource
  void aPictureFaresTheSameAloneAndInAnyBatch(Norm norm) {
    FunctionClassifier classifier = FunctionClassifier.network(random, Shape.of(3, 6, 5), 5);
    Pictures pictures =
        Testing.answered(classifier, random, 12)
            .withIds(IntStream.range(0, 12).mapToLong(i -> 7 + 5L * i).toArray());
    Threat threat = MedianThreat.of(classifier, pictures, norm, 1.1);
    SameInAnyBatch.require(new DeepFool(), classifier, pictures, threat);
  }

  @Test
  void costsAtMostWhatItSays() {
    // saturated: no boundary is ever reached within these steps
    FunctionClassifier hardly =
        new FunctionClassifier(
            Shape.of(1, 2, 2),
            3,
            images -> {
              var mean = images.mean(1, 2, 3).reshape(-1, 1);
              return Tensor.concatenate(1, mean.add(9), mean.multiply(1.01f), mean.multiply(0.9f));
            });
    try (Scope _ = Scope.open("test")) {
      CountingClassifier counting = new CountingClassifier(hardly);
      Pictures one = Testing.answered(hardly, random, 2);
      DeepFool deepFool = new DeepFool().iterations(3);
      AttackResult result = deepFool.run(counting, one, Threat.l2(Rational.of(9, 1)), 1);
      assertEquals(1, result.robustAccuracy());
      assertEquals(deepFool.cost(Norm.LINF, 3).times(2).plus(new Passes(2, 0)), counting.passes());
    }
  }

  @Test
  void settingsOutOfRangeAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> new DeepFool().iterations(0));
    assertThrows(IllegalArgumentException.class, () -> new DeepFool(0, 1, 0));
    assertThrows(IllegalArgumentException.class, () -> new DeepFool(1, 1, -0.1));
  }
}
