package org.wardlock.defense.compress;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;
import org.wardlock.tensor.testing.TestDevice;

class FeatureDistillationTest {
  private static final int SIDE = 16;
  private static final Shape PICTURE = Shape.of(3, SIDE, SIDE);

  @Test
  void picturesAreThoseOfTheDefinition() {
    Shape shape = Shape.of(2, 3, SIDE, SIDE);
    try (Scope _ = Scope.open("test");
        FeatureDistillation distillation = FeatureDistillation.of(PICTURE, TestDevice.get())) {
      Tensor images = TestPictures.uniform(shape, 0, 1, 3);
      var expected = new double[Math.toIntExact(shape.count())];
      float[] values = images.toFloats();
      for (int i = 0; i < expected.length; i++) {
        expected[i] = values[i];
      }
      for (int plane = 0; plane < 6; plane++) {
        for (int block = 0; block < 4; block++) {
          int start = plane * SIDE * SIDE + block / 2 * 8 * SIDE + block % 2 * 8;
          distil(expected, start);
          distil(expected, start);
        }
      }
      float[] found = distillation.apply(images).toFloats();
      for (int i = 0; i < expected.length; i++) {
        assertEquals(expected[i], found[i], 1e-4, "value " + i);
      }
    }
  }

  /** One block, in place, by the sums of the definition. */
  private static void distil(double[] pixels, int start) {
    var steps = new double[64];
    for (int u = 0; u < 8; u++) {
      for (int v = 0; v < 8; v++) {
        double sum = 0;
        for (int y = 0; y < 8; y++) {
          for (int x = 0; x < 8; x++) {
            sum += 255 * pixels[start + y * SIDE + x] * basis(u, y) * basis(v, x);
          }
        }
        double step = u < 4 && v < 4 ? 25 : 30;
        steps[u * 8 + v] = Math.rint(sum / step) * step;
      }
    }
    for (int y = 0; y < 8; y++) {
      for (int x = 0; x < 8; x++) {
        double sum = 0;
        for (int i = 0; i < 64; i++) {
          sum += steps[i] * basis(i / 8, y) * basis(i % 8, x);
        }
        pixels[start + y * SIDE + x] = Math.clamp(sum / 255, 0, 1);
      }
    }
  }

  private static double basis(int frequency, int position) {
    double scale = frequency == 0 ? Math.sqrt(1.0 / 8) : 0.5;
    return scale * Math.cos((2 * position + 1) * frequency * Math.PI / 16);
  }

  @Test
  void straightThroughGradientIsTheSeed() {
    try (Scope _ = Scope.open("test");
        FeatureDistillation exact = FeatureDistillation.of(PICTURE, TestDevice.get());
        FeatureDistillation distillation = exact.withGradient(RoundingGradient.STRAIGHT_THROUGH)) {
      assertFalse(exact.isDifferentiable());
      // far from black and white, where clipping would stop gradients
      Tensor images =
          TestPictures.uniform(Shape.of(2, 3, SIDE, SIDE), 0.45f, 0.55f, 5).requiresGrad();
      Tensor seed = TestPictures.uniform(images.shape(), -1, 1, 6);
      Tensor output = distillation.apply(images);
      assertArrayEquals(exact.apply(images).toFloats(), output.toFloats());
      float[] gradient = output.backward(seed).of(images).toFloats();
      assertArrayEquals(seed.toFloats(), gradient, 1e-5f);
    }
  }

  @Test
  void picturesOfAnySizeAndOfOneShapeAlone() {
    try (Scope _ = Scope.open("test");
        FeatureDistillation distillation =
            FeatureDistillation.of(Shape.of(3, 11, 21), TestDevice.get())) {
      Tensor images = TestPictures.uniform(Shape.of(1, 3, 11, 21), 0, 1, 1);
      assertEquals(images.shape(), distillation.apply(images).shape());
      Tensor other = TestPictures.uniform(Shape.of(1, 3, 21, 11), 0, 1, 1);
      var refusal = assertThrows(IllegalArgumentException.class, () -> distillation.apply(other));
      assertEquals(
          "feature distillation: found pictures of shape [1,3,21,11]; expected (N, 3, 11, 21)",
          refusal.getMessage());
    }
  }
}
