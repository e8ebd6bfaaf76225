package org.wardlock.attacks;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.wardlock.attacks.gradient.Apgd;
import org.wardlock.attacks.gradient.Fgsm;
import org.wardlock.nn.Classifier;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/** Gradients past transforms that have none. */
class StraightThroughTest {
  private static final Shape SHAPE = Shape.of(3, 4, 4);

  private final Random random = new Random(161);
  private final Classifier inner = LinearClassifier.random(random, SHAPE, 5);

  private static Tensor squared(Tensor images) {
    return images.multiply(images);
  }

  @Test
  void theOwnDerivativeGivesTheTrueGradientAndTheIdentityAnother() {
    FunctionClassifier whole =
        new FunctionClassifier(SHAPE, 5, images -> inner.logits(squared(images)));
    Pictures pictures = Testing.answered(whole, random, 12);
    StraightThrough own =
        new StraightThrough(
            inner,
            StraightThroughTest::squared,
            gradient -> gradient.multiply(pictures.images()).multiply(2));
    StraightThrough identity = new StraightThrough(inner, StraightThroughTest::squared);
    try (Scope _ = Scope.open("test")) {
      assertArrayEquals(
          whole.logits(pictures.images()).toFloats(),
          identity.logits(pictures.images()).toFloats());
      float[] exact = slope(whole, pictures);
      assertArrayEquals(exact, slope(own, pictures), 1e-5f);
      assertFalse(Arrays.equals(exact, slope(identity, pictures)));
      AttackResult truth = new Fgsm().run(whole, pictures, Threat.linf(Rational.of(1, 20)), 1);
      AttackResult ours = new Fgsm().run(own, pictures, Threat.linf(Rational.of(1, 20)), 1);
      assertTrue(truth.robustAccuracy() < 1, "nothing was broken");
      assertArrayEquals(truth.images().toFloats(), ours.images().toFloats());
    }
  }

  private static float[] slope(Classifier classifier, Pictures pictures) {
    Tensor leaf = pictures.images().requiresGrad();
    Tensor first = classifier.logits(leaf).slice(1, 0, 1);
    return first.sum().backward().of(leaf).toFloats();
  }

  /** Rounding has no gradient; past it the attack works as on what is behind it. */
  @Test
  void roundingIsNoDefence() {
    FunctionClassifier rounded =
        new FunctionClassifier(SHAPE, 5, images -> inner.logits(inSteps(images)));
    Pictures pictures = Testing.answered(rounded, random, 12);
    Threat threat = Threat.linf(Rational.of(1, 10));
    Apgd attack = new Apgd(Loss.CROSS_ENTROPY).iterations(10);
    try (Scope _ = Scope.open("test")) {
      StraightThrough past = new StraightThrough(inner, StraightThroughTest::inSteps);
      double with = attack.run(past, pictures, threat, 1).robustAccuracy();
      AttackResult transferred = new Transfer(attack, past).run(rounded, pictures, threat, 1);
      assertEquals(with, transferred.robustAccuracy());
      assertTrue(with < attack.run(rounded, pictures, threat, 1).robustAccuracy());
    }
  }

  /** Black or white, by the sign of the distance from the middle. */
  private static Tensor inSteps(Tensor images) {
    return images.affine(1, -0.5f).sign().affine(0.5f, 0.5f);
  }
}
