package org.wardlock.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.wardlock.tensor.testing.TestDevice;
import org.wardlock.tensor.testing.Values;

class RoundedCopyTest {
  private static final Shape SHAPE = Shape.of(60);

  private final Scope scope = Scope.open("test");
  private final Tensor values =
      Tensor.of(TestDevice.get(), SHAPE, Values.normal(1, SHAPE).floats());
  private final RoundedCopy copy = new RoundedCopy(values, DType.BF16);

  @AfterEach
  void release() {
    copy.release();
    scope.close();
  }

  private Tensor part() {
    return values.slice(0, 12, 48).reshape(4, 9).transpose();
  }

  private void requireSameAsCast(Tensor part) {
    Tensor found = copy.of(part, DType.BF16);
    assertEquals(DType.BF16, found.dtype());
    assertArrayEquals(
        part.cast(DType.BF16).cast(DType.F32).toFloats(), found.cast(DType.F32).toFloats());
  }

  @Test
  void aPartIsTakenFromTheCopyWithoutRoundingItAgain() {
    assertSame(copy.of(values, DType.BF16).storage(), copy.of(part(), DType.BF16).storage());
    requireSameAsCast(part());
  }

  /** The copy is a shortcut: whoever forgets to refresh it is slower, and never wrong. */
  @Test
  void changedValuesAreRoundedAnewUntilTheCopyIsRefreshed() {
    var kept = copy.of(values, DType.BF16).storage();
    Updates.affine(values, 3, 1);
    assertNotSame(kept, copy.of(part(), DType.BF16).storage());
    requireSameAsCast(part());
    copy.refresh();
    assertSame(kept, copy.of(part(), DType.BF16).storage());
    requireSameAsCast(part());
  }

  @Test
  void anotherTypeIsCast() {
    assertArrayEquals(part().toFloats(), copy.of(part(), DType.F32).toFloats());
  }

  @Test
  void gradientsFlowToTheValues() {
    Tensor gradient = Tensor.zeros(TestDevice.get(), Shape.of(9, 4));
    Tensor leaf = part().requiresGrad(gradient);
    Tensor factors =
        Tensor.of(TestDevice.get(), Shape.of(9, 4), Values.normal(2, Shape.of(9, 4)).floats());
    copy.of(leaf, DType.BF16).cast(DType.F32).multiply(factors).sum().backward();
    assertArrayEquals(factors.toFloats(), gradient.toFloats());
  }

  @Test
  void whatIsNoPartIsRefused() {
    Tensor other = Tensor.zeros(TestDevice.get(), SHAPE);
    assertThrows(IllegalArgumentException.class, () -> copy.of(other, DType.BF16));
    assertThrows(IllegalArgumentException.class, () -> new RoundedCopy(part(), DType.BF16));
  }
}
