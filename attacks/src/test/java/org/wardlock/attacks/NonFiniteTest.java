package org.wardlock.attacks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.wardlock.attacks.gradient.Pgd;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/** Broken classifiers must not look robust. */
class NonFiniteTest {
  private static final Shape SHAPE = Shape.of(3, 4, 4);
  private static final Threat THREAT = Threat.linf(Rational.of(8, 255));

  private final Random random = new Random(41);
  private final LinearClassifier healthy = LinearClassifier.random(random, SHAPE, 4);
  private final Pictures pictures =
      Testing.answered(healthy, random, 6).withIds(10, 11, 12, 13, 14, 15);

  private FunctionClassifier broken(UnaryOperator<Tensor> logits) {
    return new FunctionClassifier(SHAPE, 4, logits);
  }

  private static NonFiniteException failure(FunctionClassifier classifier, Pictures pictures) {
    try (Scope _ = Scope.open("test")) {
      Attack attack = new Pgd(Loss.CROSS_ENTROPY).iterations(3);
      return assertThrows(
          NonFiniteException.class, () -> attack.run(classifier, pictures, THREAT, 1));
    }
  }

  @Test
  void logitsThatAreNoNumbersAreAnError() {
    var error = failure(broken(x -> healthy.logits(x).affine(-1, -100).sqrt()), pictures);
    assertEquals(
        "classifier: logit 0 of picture 10 is NaN, expected a finite number", error.getMessage());
  }

  @Test
  void infiniteLogitsAreAnError() {
    var error = failure(broken(x -> healthy.logits(x).multiply(1e38f)), pictures);
    assertTrue(error.getMessage().contains("Infinity"), error.getMessage());
  }

  /** The logits are finite, and the way back from them is not. */
  @ParameterizedTest
  @EnumSource
  void gradientsThatAreNoNumbersAreAnError(Norm norm) {
    FunctionClassifier steep =
        broken(
            x -> healthy.logits(x).add(x.subtract(x.detach()).sqrt().mean(1, 2, 3).reshape(-1, 1)));
    try (Scope _ = Scope.open("test")) {
      Attack attack = new Pgd(Loss.CROSS_ENTROPY).iterations(3);
      Threat threat = new Threat(norm, Rational.of(1, 100));
      var error =
          assertThrows(NonFiniteException.class, () -> attack.run(steep, pictures, threat, 1));
      assertEquals(
          "classifier: the gradient towards picture 10 holds values that are not finite",
          error.getMessage());
    }
  }

  /** No path from the pixels to the logits: nothing to follow, which is no robustness either. */
  @Test
  void logitsThatDoNotDependOnThePixelsAreAnError() {
    FunctionClassifier constant = broken(x -> healthy.logits(x.detach()));
    try (Scope _ = Scope.open("test")) {
      Attack attack = new Pgd(Loss.CROSS_ENTROPY);
      assertThrows(IllegalStateException.class, () -> attack.run(constant, pictures, THREAT, 1));
    }
  }

  @Test
  void logitsOfAnotherShapeAreAnError() {
    FunctionClassifier narrow = broken(x -> healthy.logits(x).slice(1, 0, 3));
    try (Scope _ = Scope.open("test")) {
      Attack attack = new Pgd(Loss.CROSS_ENTROPY);
      var error =
          assertThrows(
              IllegalArgumentException.class, () -> attack.run(narrow, pictures, THREAT, 1));
      assertEquals("classifier: logits of shape [6,3], expected [6,4]", error.getMessage());
    }
  }
}
