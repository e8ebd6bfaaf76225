package org.wardlock.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.wardlock.tensor.spi.AdamSettings;
import org.wardlock.tensor.spi.SgdSettings;

/** Changes in place: of what overlaps, and of what they refuse. */
class UpdatesTest {
  private static final Device DEVICE = Device.CPU;

  /** Several pieces of work, so that threads would see each other's writes. */
  private static final int LARGE = 300_001;

  private static final SgdSettings PLAIN = new SgdSettings(0, 0, false);
  private static final SgdSettings MOMENTUM = new SgdSettings(0.5f, 0, false);
  private static final AdamSettings ADAM = new AdamSettings(0.9f, 0.99f, 1e-8f, 0, false);

  private Scope scope;

  @BeforeEach
  void open() {
    scope = Scope.open("test");
  }

  @AfterEach
  void close() {
    scope.close();
  }

  private static Tensor vector(float... values) {
    return Tensor.of(DEVICE, Shape.of(values.length), values);
  }

  @Test
  void valuesThatOverlapTheTargetAreReadAsTheyWere() {
    Tensor x = Tensor.range(DEVICE, LARGE);
    Updates.assign(x.slice(0, 1, LARGE), x.slice(0, 0, LARGE - 1));
    float[] shifted = new float[LARGE];
    for (int i = 1; i < LARGE; i++) {
      shifted[i] = i - 1;
    }
    assertArrayEquals(shifted, x.toFloats());
    Updates.add(x.slice(0, 1, LARGE), x.slice(0, 0, LARGE - 1));
    float[] sums = shifted.clone();
    for (int i = 1; i < LARGE; i++) {
      sums[i] = shifted[i] + shifted[i - 1];
    }
    assertArrayEquals(sums, x.toFloats());
  }

  @Test
  void aMatrixCanBeTransposedInPlace() {
    Tensor x = Tensor.of(DEVICE, Shape.of(2, 2), 1, 2, 3, 4);
    Updates.assign(x, x.transpose());
    assertArrayEquals(new float[] {1, 3, 2, 4}, x.toFloats());
    Updates.add(x, x);
    assertArrayEquals(new float[] {2, 6, 4, 8}, x.toFloats());
  }

  @Test
  void gradientsThatOverlapTheParameterAreReadAsTheyWere() {
    Tensor x = Tensor.range(DEVICE, LARGE);
    Tensor parameter = x.slice(0, 1, LARGE);
    Tensor gradient = x.slice(0, 0, LARGE - 1);
    Updates.sgd(PLAIN, parameter, gradient, Tensor.zeros(DEVICE, parameter.shape()), one());
    float[] expected = new float[LARGE - 1];
    Arrays.fill(expected, 1);
    assertArrayEquals(expected, parameter.toFloats());
  }

  @Test
  void targetsThatRepeatElementsAreRefused() {
    Tensor repeated = vector(1).expand(Shape.of(2, 3));
    var assign =
        assertThrows(
            IllegalArgumentException.class,
            () -> Updates.assign(repeated, Tensor.zeros(DEVICE, repeated.shape())));
    assertEquals(
        "assign: target of shape [2,3] repeats its elements along axis 0;"
            + " change the tensor it was expanded from",
        assign.getMessage());
    assertThrows(IllegalArgumentException.class, () -> Updates.fill(repeated, 1));
    Updates.fill(vector(1).expand(Shape.of(1, 1)), 2);
  }

  @Test
  void theLearningRateIsAFloatScalar() {
    Tensor x = vector(1, 2);
    Tensor rates = vector(1, 1);
    Tensor whole = Tensor.ofInts(DEVICE, Shape.of(), 1);
    var shape =
        assertThrows(IllegalArgumentException.class, () -> Updates.sgd(PLAIN, x, x, x, rates));
    assertEquals("sgd: learning rate of shape [2], expected []", shape.getMessage());
    assertThrows(IllegalArgumentException.class, () -> Updates.sgd(PLAIN, x, x, x, whole));
    assertThrows(
        IllegalArgumentException.class,
        () -> Updates.adam(ADAM, x, x, vector(0, 0), vector(0, 0), rates));
  }

  @Test
  void whatChangesTogetherMustLieApartAndContiguously() {
    Tensor x = vector(1, 2, 3, 4);
    Tensor parameter = x.slice(0, 0, 2);
    Tensor g = vector(1, 1);
    Tensor other = vector(0, 0);
    Tensor overlapping = x.slice(0, 1, 3);
    Tensor spread = Tensor.zeros(DEVICE, Shape.of(2, 2)).slice(1, 0, 1).reshape(2);
    Tensor scalars = vector(1, 1, 1);
    for (Tensor bad : new Tensor[] {overlapping, spread}) {
      assertThrows(
          IllegalArgumentException.class, () -> Updates.sgd(MOMENTUM, parameter, g, bad, one()));
      assertThrows(
          IllegalArgumentException.class,
          () -> Updates.adam(ADAM, parameter, g, bad, other, scalars));
      assertThrows(
          IllegalArgumentException.class,
          () -> Updates.adam(ADAM, parameter, g, other, bad, scalars));
    }
    Updates.sgd(MOMENTUM, parameter, g, x.slice(0, 2, 4), one());
    assertArrayEquals(new float[] {1 - 2.5f, 2 - 3, 2.5f, 3}, x.toFloats());
  }

  @Test
  void aBufferThatMomentumZeroDoesNotReadStaysUnchangedForTheTape() {
    Tensor x = vector(1, 2).requiresGrad();
    Tensor buffer = vector(3, 4);
    Tensor y = x.multiply(buffer);
    Updates.sgd(PLAIN, vector(1, 1), vector(1, 1), buffer, one());
    assertArrayEquals(new float[] {3, 4}, y.sum().backward().of(x).toFloats());
  }

  private static Tensor one() {
    return Tensor.scalar(DEVICE, 1);
  }
}
