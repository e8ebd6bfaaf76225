package org.wardlock.tensor.testing;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.wardlock.tensor.DType;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.spi.Backend;
import org.wardlock.tensor.spi.Layout;
import org.wardlock.tensor.spi.Operand;
import org.wardlock.tensor.spi.Storage;

/** Makes operands on a backend, reads them, and releases them all on closing. */
final class Workspace implements AutoCloseable {
  private final Backend backend;
  private final List<Storage> storages = new ArrayList<>();

  Workspace(Backend backend) {
    this.backend = backend;
  }

  /** A float32 operand, holding what the placement can hold; the storage around it is NaN. */
  Operand put(Values values, Placement placement) {
    return put(DType.F32, values, placement);
  }

  /** An operand of any type; the storage around it is NaN, or -1 for integers. */
  Operand put(DType dtype, Values values, Placement placement) {
    Layout layout = placement.layout(values.shape());
    double[] content = new double[(int) layout.end() + 1];
    Arrays.fill(content, isFloat(dtype) ? Double.NaN : -1);
    Values seen = placement.seen(values);
    long[] positions = Positions.of(layout);
    for (int i = 0; i < positions.length; i++) {
      content[(int) positions[i]] = seen.data()[i];
    }
    return put(dtype, content, layout);
  }

  /** A view of a storage that holds the given values. */
  Operand put(DType dtype, double[] content, Layout layout) {
    Storage storage = allocate(dtype, content.length);
    backend.upload(HostElements.encode(dtype, content), storage, 0);
    return new Operand(storage, layout);
  }

  /** Long integers, which doubles would round. */
  Operand putLongs(Layout layout, long... content) {
    Storage storage = allocate(DType.I64, content.length);
    backend.upload(MemorySegment.ofArray(content), storage, 0);
    return new Operand(storage, layout);
  }

  /** A contiguous float32 operand full of NaN: whatever is not written to shows. */
  Operand output(Shape shape) {
    return output(DType.F32, shape);
  }

  /** A contiguous operand full of NaN, or -1 for integers. */
  Operand output(DType dtype, Shape shape) {
    double[] content = new double[(int) shape.count()];
    Arrays.fill(content, isFloat(dtype) ? Double.NaN : -1);
    return put(dtype, content, Layout.contiguous(shape));
  }

  /** What an operand holds. */
  Values get(Operand operand) {
    double[] content = content(operand.storage());
    long[] positions = Positions.of(operand.layout());
    return Values.of(operand.shape(), i -> content[(int) positions[i]]);
  }

  /** Everything in a storage. */
  double[] content(Storage storage) {
    MemorySegment bytes = HostElements.empty(storage.dtype(), (int) storage.size());
    backend.download(storage, 0, bytes);
    return HostElements.decode(storage.dtype(), bytes);
  }

  Storage allocate(DType dtype, long size) {
    Storage storage = backend.allocate(dtype, size);
    storages.add(storage);
    return storage;
  }

  static boolean isFloat(DType dtype) {
    return switch (dtype) {
      case F32, F16, BF16 -> true;
      case U8, I32, I64 -> false;
    };
  }

  @Override
  public void close() {
    storages.forEach(Storage::release);
    storages.clear();
  }
}
