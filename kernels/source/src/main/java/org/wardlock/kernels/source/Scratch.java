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
    Shape shape = Shape.of(extents);
    Storage storage = backend.allocate(DType.F32, shape.count());
    storages.add(storage);
    return new Operand(storage, Layout.contiguous(shape));
  }

  @Override
  public void close() {
    storages.forEach(Storage::release);
  }
}
