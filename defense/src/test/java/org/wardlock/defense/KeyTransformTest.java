package org.wardlock.defense;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.wardlock.defense.TransformKind.FFX;
import static org.wardlock.defense.TransformKind.NEGATE;
import static org.wardlock.defense.TransformKind.SHUFFLE;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.wardlock.nn.weights.WeightsException;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;
import org.wardlock.tensor.testing.TestDevice;

/** Keys on tensors: golden values, refusals, lifetimes. */
class KeyTransformTest {
  @Test
  void goldenTransformsAreExact() throws WeightsException {
    try (GoldenTransforms golden = GoldenTransforms.open()) {
      for (GoldenTransforms.Case c : golden.cases()) {
        KeySpec spec = KeySpec.published(Derivation.PUBLISHED_2010_00801, c.block(), c.kind());
        Shape shape = Shape.of(3, c.side(), c.side());
        try (Scope _ = Scope.open("golden");
            KeyTransform transform =
                KeyTransform.of(Key.published(spec, c.seed()), shape, TestDevice.get())) {
          float[][] pictures = golden.pictures(c.side());
          float[][] outputs = golden.outputs(c);
          Tensor images = batch(concatenate(pictures[0], pictures[1]), 2, shape);
          assertArrayEquals(
              concatenate(outputs[0], outputs[1]), transform.apply(images).toFloats(), c.name());
        }
      }
    }
  }

  @Test
  void ffxHasNoGradientUnlessToldTo() {
    Key key = key(KeySpec.secure(4, SHUFFLE, FFX, NEGATE), 3);
    Shape shape = Shape.of(3, 8, 8);
    try (Scope _ = Scope.open("test");
        KeyTransform transform = KeyTransform.of(key, shape, TestDevice.get());
        KeyTransform identity = transform.withIdentityGradient()) {
      assertFalse(transform.isDifferentiable());
      assertTrue(identity.isDifferentiable());
      Tensor images = batch(Pictures.random(1, 192, 255), 1, shape).requiresGrad();
      Tensor sum = transform.apply(images).sum();
      var refusal = assertThrows(UnsupportedOperationException.class, sum::backward);
      assertTrue(refusal.getMessage().contains("withIdentityGradient"), refusal.getMessage());
      assertArrayEquals(transform.apply(images).toFloats(), identity.apply(images).toFloats());
    }
  }

  @Test
  void otherPicturesAreRefused() {
    Key key = key(KeySpec.secure(4, SHUFFLE), 3);
    Shape shape = Shape.of(3, 8, 8);
    assertThrows(
        IllegalArgumentException.class,
        () -> KeyTransform.of(key, Shape.of(3, 8, 9), TestDevice.get()));
    assertThrows(
        IllegalArgumentException.class,
        () -> KeyTransform.of(key, Shape.of(8, 8), TestDevice.get()));
    assertThrows(
        IllegalArgumentException.class,
        () -> KeyTransform.of(key.pixelMap(3, 8, 8), Shape.of(3, 8, 12), TestDevice.get()));
    try (Scope _ = Scope.open("test");
        KeyTransform transform = KeyTransform.of(key, shape, TestDevice.get())) {
      Tensor other = Tensor.zeros(TestDevice.get(), Shape.of(2, 3, 4, 16));
      var refusal = assertThrows(IllegalArgumentException.class, () -> transform.apply(other));
      assertTrue(refusal.getMessage().contains("(N, 3, 8, 8)"), refusal.getMessage());
      Tensor flat = Tensor.zeros(TestDevice.get(), shape);
      assertThrows(IllegalArgumentException.class, () -> transform.apply(flat));
    }
  }

  @Test
  void tablesOutliveTheScopeTheyWereMadeInAndEndWithTheTransform() {
    Shape shape = Shape.of(3, 8, 8);
    KeyTransform transform;
    try (Scope _ = Scope.open("making")) {
      transform =
          KeyTransform.of(key(KeySpec.secure(4, SHUFFLE, FFX, NEGATE), 3), shape, TestDevice.get());
    }
    try (Scope _ = Scope.open("using")) {
      Tensor images = batch(Pictures.random(1, 192, 255), 1, shape);
      assertEquals(images.shape(), transform.apply(images).shape());
      transform.close();
      assertThrows(IllegalStateException.class, () -> transform.apply(images));
    }
  }

  private static Key key(KeySpec spec, long seed) {
    return ExperimentKeys.draw(spec, 1, seed).getFirst();
  }

  private static Tensor batch(float[] values, int count, Shape shape) {
    return Tensor.of(
        TestDevice.get(),
        Shape.of(count, shape.extent(0), shape.extent(1), shape.extent(2)),
        values);
  }

  private static float[] concatenate(float[] a, float[] b) {
    float[] both = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    return both;
  }
}
