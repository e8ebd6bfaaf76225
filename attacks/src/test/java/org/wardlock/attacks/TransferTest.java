package org.wardlock.attacks;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.wardlock.attacks.gradient.Pgd;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

class TransferTest {
  private static final Shape SHAPE = Shape.of(3, 6, 6);
  private static final Threat THREAT = Threat.linf(Rational.of(2, 255));
  private static final Pgd PGD = new Pgd(Loss.CROSS_ENTROPY).iterations(8);

  private final Random random = new Random(51);
  private final FunctionClassifier surrogate = FunctionClassifier.network(random, SHAPE, 5);
  private final FunctionClassifier other = FunctionClassifier.network(random, SHAPE, 5);

  /** Another classifier that is nearly the surrogate. */
  private final FunctionClassifier similar =
      new FunctionClassifier(
          SHAPE, 5, x -> surrogate.logits(x).add(other.logits(x).multiply(0.01f)));

  private final Pictures pictures = Testing.answered(similar, random, 20);

  @Test
  void costsTheTargetOneQueryAndTheSurrogateTheRest() {
    try (Scope _ = Scope.open("test")) {
      CountingClassifier target = new CountingClassifier(similar);
      CountingClassifier practice = new CountingClassifier(surrogate);
      Attack attack = new Transfer(PGD, practice);
      WorstCase worstCase = new WorstCase(target, pictures, THREAT);
      Passes passes = worstCase.apply(attack, 1);
      assertEquals(new Passes(20 * 9, 20 * 8), practice.passes());
      assertEquals(new Passes(20 * 10, 20 * 8), passes);
      assertEquals(attack.cost(Norm.LINF, 5).times(20), passes);
      for (PictureOutcome outcome : worstCase.result().pictures()) {
        assertEquals(1, outcome.queries());
        assertEquals(0, outcome.gradients());
      }
      assertEquals(0, target.passes().backward());
    }
  }

  @Test
  void picturesMadeOnOneClassifierFoolASimilarOne() {
    try (Scope _ = Scope.open("test")) {
      AttackResult result = new Transfer(PGD, surrogate).run(similar, pictures, THREAT, 1);
      AttackResult direct = PGD.run(similar, pictures, THREAT, 1);
      assertTrue(result.robustAccuracy() < 1);
      assertTrue(direct.robustAccuracy() <= result.robustAccuracy() + 0.1);
      int[] predictions = similar.logits(result.images()).argMax().toInts();
      for (int row = 0; row < 20; row++) {
        PictureOutcome outcome = result.pictures().get(row);
        assertEquals(predictions[row], outcome.prediction());
        if (outcome.brokenBy().isPresent()) {
          assertEquals(Optional.of("transfer-pgd"), outcome.brokenBy());
        }
      }
    }
  }

  @Test
  void needsNoGradientOfTheTarget() {
    try (Scope _ = Scope.open("test")) {
      FunctionClassifier opaque = new FunctionClassifier(SHAPE, 5, x -> similar.logits(x.detach()));
      AttackResult result = new Transfer(PGD, surrogate).run(opaque, pictures, THREAT, 1);
      AttackResult same = new Transfer(PGD, surrogate).run(similar, pictures, THREAT, 1);
      assertEquals(same.pictures(), result.pictures());
    }
  }

  @Test
  void aSurrogateForOtherPicturesOrClassesIsRefused() {
    for (FunctionClassifier odd :
        List.of(
            FunctionClassifier.network(random, SHAPE, 4),
            FunctionClassifier.network(random, Shape.of(3, 6, 5), 5))) {
      Attack attack = new Transfer(PGD, odd);
      var error =
          assertThrows(
              IllegalArgumentException.class, () -> attack.run(similar, pictures, THREAT, 1));
      assertTrue(error.getMessage().startsWith("surrogate: "), error.getMessage());
    }
  }

  @Test
  void countingChangesNoAnswerAndNoGradient() {
    try (Scope _ = Scope.open("test")) {
      CountingClassifier counting = new CountingClassifier(surrogate);
      Tensor x = pictures.images().requiresGrad();
      Tensor plain = surrogate.logits(x);
      Tensor counted = counting.logits(x);
      assertArrayEquals(plain.toFloats(), counted.toFloats());
      float[] expected = plain.square().sum().backward().of(x).toFloats();
      float[] found = counted.square().sum().backward().of(x).toFloats();
      assertArrayEquals(expected, found);
      assertEquals(new Passes(20, 20), counting.passes());
      IntStream.range(0, 3).forEach(_ -> counting.logits(pictures.images()));
      assertEquals(new Passes(80, 20), counting.passes());
    }
  }
}
