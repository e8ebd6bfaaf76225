package org.wardlock.threat.recovery;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.wardlock.defense.Key;
import org.wardlock.defense.KeySpec;
import org.wardlock.defense.KeyTransform;
import org.wardlock.defense.TransformKind;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Gradients;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;
import org.wardlock.tensor.testing.TestDevice;

class RelaxedKeyTest {
  private static final int LENGTH = 12;
  private static final KeySpec SPEC =
      KeySpec.secure(2, TransformKind.SHUFFLE, TransformKind.NEGATE);

  /** In double precision, so that a difference is sharp. */
  private static final Device DOUBLE = TestDevice.inDouble();

  private static float[] normal(int count, long seed) {
    var random = new Random(seed);
    var values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  @Test
  void atItsCornersItIsTheKey() {
    try (Scope _ = Scope.open("test");
        Key key = PlantedModel.key(SPEC, 1)) {
      PlantedModel model = PlantedModel.ofBlocksOf2(1);
      Tensor images = model.pictures(5, 2);
      KeyTables tables = KeyTables.of(key, 3);
      try (KeyTransform transform = KeyTransform.of(key, model.imageShape(), model.device());
          RelaxedKey relaxed = new RelaxedKey(SPEC, model.imageShape(), model.device())) {
        Tensor mixing =
            Tensor.of(model.device(), Shape.of(LENGTH, LENGTH), RelaxedKey.mixing(tables));
        Tensor negation = Tensor.of(model.device(), Shape.of(LENGTH), RelaxedKey.negation(tables));
        assertArrayEquals(
            transform.apply(images).toFloats(),
            relaxed.apply(images, mixing, negation).toFloats(),
            1e-6f);
      }
    }
  }

  @Test
  void sinkhornLeavesRowsAndColumnsThatSumToOne() {
    try (Scope _ = Scope.open("test")) {
      Tensor logits =
          Tensor.of(TestDevice.get(), Shape.of(LENGTH, LENGTH), normal(LENGTH * LENGTH, 3));
      float[] matrix = RelaxedKey.sinkhorn(logits, 0.5, 50).toFloats();
      for (int i = 0; i < LENGTH; i++) {
        double row = 0;
        double column = 0;
        for (int j = 0; j < LENGTH; j++) {
          row += matrix[i * LENGTH + j];
          column += matrix[j * LENGTH + i];
          assertTrue(matrix[i * LENGTH + j] > 0);
        }
        assertEquals(1, row, 1e-3);
        assertEquals(1, column, 1e-3);
      }
    }
  }

  @Test
  void whenColdItIsThePermutationThatTheLogitsAskFor() {
    try (Scope _ = Scope.open("test")) {
      int[] planted = {3, 0, 5, 1, 4, 2};
      var values = new float[36];
      for (int i = 0; i < 6; i++) {
        values[i * 6 + planted[i]] = 1;
      }
      Tensor logits = Tensor.of(TestDevice.get(), Shape.of(6, 6), values);
      float[] matrix = RelaxedKey.sinkhorn(logits, 0.02, 10).toFloats();
      for (int i = 0; i < 6; i++) {
        assertEquals(1, matrix[i * 6 + planted[i]], 1e-6);
      }
      assertArrayEquals(planted, RelaxedKey.nearestPermutation(6, matrix));
    }
  }

  @Test
  void theGradientTowardsLogitsIsTheDifferenceOfLosses() {
    try (Scope _ = Scope.open("test");
        Key key = PlantedModel.key(SPEC, 4);
        RelaxedKey relaxed = new RelaxedKey(SPEC, Shape.of(3, 4, 4), DOUBLE)) {
      PlantedModel model = new PlantedModel(DOUBLE, 2, 4, 5);
      Tensor images = model.pictures(3, 6);
      int[] labels = model.answers(key, images);
      Shape shape = Shape.of(LENGTH * LENGTH + LENGTH);
      Tensor logits = Tensor.of(DOUBLE, shape, normal(shape.extent(0), 7)).requiresGrad();
      Tensor direction = Tensor.of(DOUBLE, shape, normal(shape.extent(0), 8));
      Gradients gradients = loss(relaxed, model, images, labels, logits).backward();
      double slope = gradients.of(logits).multiply(direction).sum().item();
      float step = 0x1p-12f;
      Tensor along = direction.multiply(step);
      Tensor above = loss(relaxed, model, images, labels, logits.detach().add(along));
      Tensor below = loss(relaxed, model, images, labels, logits.detach().subtract(along));
      double difference = above.subtract(below).item() / (2 * step);
      assertTrue(Math.abs(slope) > 1e-2, "slope " + slope);
      assertEquals(difference, slope, 1e-4 * Math.abs(slope));
    }
  }

  private static Tensor loss(
      RelaxedKey relaxed, PlantedModel model, Tensor images, int[] labels, Tensor logits) {
    int entries = LENGTH * LENGTH;
    Tensor mixing =
        RelaxedKey.sinkhorn(logits.slice(0, 0, entries).reshape(LENGTH, LENGTH), 0.7, 8);
    Tensor negation = logits.slice(0, entries, entries + LENGTH).tanh().affine(0.5f, 0.5f);
    return relaxed.loss(model, images, labels, mixing, negation);
  }

  @Test
  void theNearestPermutationHasTheLargestSum() {
    assertArrayEquals(new int[] {1, 0}, RelaxedKey.nearestPermutation(2, 0.9f, 0.8f, 0.8f, 0.1f));
    assertArrayEquals(new int[] {0, 1}, RelaxedKey.nearestPermutation(2, 0.9f, 0.8f, 0.8f, 0.8f));
  }
}
