package org.wardlock.kernels.source;

import java.util.ArrayList;
import java.util.List;
import org.wardlock.tensor.DType;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.spi.Backend;
import org.wardlock.tensor.spi.Layout;
import org.wardlock.tensor.spi.Operand;
import org.wardlock.tensor.spi.Storage;

/** Device memory between the stages of an operation, given back when closed. */
final class Scratch implements AutoCloseable {
  private final Backend backend;
  private final List<Storage> storages = new ArrayList<>();

  Scratch(Backend backend) {
    this.backend = backend;
  }

  /** Uninitialised float32 elements, contiguous. */
  Operand floats(int... extents) {
    return empty(DType.F32, Shape.of(extents));
  }

  /** Uninitialised elements of an operand's shape and type, contiguous. */
  Operand like(Operand x) {
    return empty(x.dtype(), x.shape());
  }

  private Operand empty(DType type, Shape shape) {
    Storage storage = backend.allocate(type, shape.count());
    storages.add(storage);
    return new Operand(storage, Layout.contiguous(shape));
  }

  @Override
  public void close() {
    storages.forEach(Storage::release);
  }
}
