package org.wardlock.tensor.testing;

import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.wardlock.tensor.DType;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.spi.Backend;
import org.wardlock.tensor.spi.Operand;
import org.wardlock.tensor.spi.UnaryOp;

/**
 * The contract holds for a backend that has nothing but the primitives: so the composed defaults
 * are right.
 */
class PlainBackendTest implements BackendContract {
  private static final Backend BACKEND = new PlainBackend(PlainBackend.FLOAT);

  @Override
  public Backend backend() {
    return BACKEND;
  }

  @Override
  public Device device() {
    return PlainBackend.FLOAT;
  }

  @Test
  void aKernelThatIsGivenReleasedStorageFails() {
    try (var workspace = new Workspace(BACKEND)) {
      Operand out = workspace.output(Shape.of(3));
      Operand x;
      try (var inner = new Workspace(BACKEND)) {
        x = inner.output(DType.F32, Shape.of(3));
      }
      assertThrows(IllegalStateException.class, () -> BACKEND.unary(UnaryOp.EXP, x, out));
    }
  }
}
