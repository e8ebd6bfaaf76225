package org.wardlock.tensor.testing;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.wardlock.tensor.Activation;
import org.wardlock.tensor.DType;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.DeviceException;
import org.wardlock.tensor.Philox;
import org.wardlock.tensor.spi.Backend;
import org.wardlock.tensor.spi.BinaryOp;
import org.wardlock.tensor.spi.Distribution;
import org.wardlock.tensor.spi.Epilogue;
import org.wardlock.tensor.spi.HostMemory;
import org.wardlock.tensor.spi.Operand;
import org.wardlock.tensor.spi.ReduceOp;
import org.wardlock.tensor.spi.Storage;
import org.wardlock.tensor.spi.UnaryOp;

/**
 * The primitives as one would explain them, on one thread, over storage that is no {@code float[]};
 * everything else is the composed defaults. Two devices: {@link #FLOAT} keeps the contract to the
 * letter; {@link #DOUBLE} holds and computes what is called F32 in double precision, so that a
 * numeric derivative of anything above it is sharp.
 *
 * <p>Each operation reads its operands into arrays, computes, and writes the result through the
 * layout of the output.
 */
public final class PlainBackend implements Backend {
  /** Float32, rounded after every step. */
  public static final Device FLOAT = new Device("plain", 0);

  /** Double precision under the name of float32. */
  public static final Device DOUBLE = new Device("plain", 1);

  private static final int LANES = 16;
  private static final long LARGEST = 1L << 28;

  private final Device device;
  private final boolean wide;
  private final AtomicLong bytesInUse = new AtomicLong();

  /** The backend of {@link #FLOAT} or {@link #DOUBLE}. */
  public PlainBackend(Device device) {
    this.device = device;
    this.wide = device.equals(DOUBLE);
  }

  // ---- devices and memory

  @Override
  public Device device() {
    return device;
  }

  @Override
  public String description() {
    return wide ? "plain Java in double precision, for tests" : "plain Java, for tests";
  }

  @Override
  public Storage allocate(DType dtype, long size) {
    long bytes = size * dtype.bytes();
    if (size > LARGEST) {
      throw new DeviceException(
          "device "
              + device
              + ": no room for "
              + size
              + " "
              + dtype
              + " elements with "
              + bytesInUse
              + " bytes in use; at most "
              + LARGEST
              + " elements a tensor");
    }
    bytesInUse.addAndGet(bytes);
    return new PlainStorage(this, dtype, (int) size, wide, () -> bytesInUse.addAndGet(-bytes));
  }

  @Override
  public void upload(MemorySegment source, Storage target, long offset) {
    PlainStorage storage = (PlainStorage) target;
    int width = target.dtype().bytes();
    if (storage.isWide()) {
      for (long i = 0; i < source.byteSize() / width; i++) {
        storage.set(offset + i, source.get(ValueLayout.JAVA_FLOAT_UNALIGNED, i * width));
      }
    } else {
      HostMemory.copy(source, 0, storage.bytes(), offset * width, source.byteSize());
    }
  }

  @Override
  public void download(Storage source, long offset, MemorySegment target) {
    PlainStorage storage = (PlainStorage) source;
    int width = source.dtype().bytes();
    if (storage.isWide()) {
      for (long i = 0; i < target.byteSize() / width; i++) {
        target.set(ValueLayout.JAVA_FLOAT_UNALIGNED, i * width, (float) storage.get(offset + i));
      }
    } else {
      HostMemory.copy(storage.bytes(), offset * width, target, 0, target.byteSize());
    }
  }

  @Override
  public void synchronize() {
    // nothing runs in the background
  }

  @Override
  public void close() {
    // memory is the garbage collector's
  }

  // ---- movement

  @Override
  public void fill(Operand out, double value) {
    for (long position : Positions.of(out.layout())) {
      storage(out).set(position, value);
    }
  }

  @Override
  public void copy(Operand x, Operand out) {
    long[] from = Positions.of(x.layout());
    long[] to = Positions.of(out.layout());
    for (int i = 0; i < from.length; i++) {
      storage(out).copy(to[i], storage(x), from[i]);
    }
  }

  @Override
  public void cast(Operand x, Operand out) {
    if (x.dtype() == out.dtype()) {
      copy(x, out);
    } else {
      write(out, read(x));
    }
  }

  @Override
  public void gather(Operand x, int axis, Operand index, Operand out) {
    double[] indices = indicesBelow(x.shape().extent(axis), index);
    for (int i = 0; i < indices.length; i++) {
      copy(entry(x, axis, (int) indices[i]), entry(out, axis, i));
    }
  }

  @Override
  public void scatterAdd(Operand x, int axis, Operand index, Operand out) {
    double[] indices = indicesBelow(out.shape().extent(axis), index);
    for (int i = 0; i < indices.length; i++) {
      Operand target = entry(out, axis, (int) indices[i]);
      binary(BinaryOp.ADD, target, entry(x, axis, i), target);
    }
  }

  private static double[] indicesBelow(int extent, Operand index) {
    double[] indices = read(index);
    for (double i : indices) {
      Objects.checkIndex((int) i, extent);
    }
    return indices;
  }

  private static Operand entry(Operand x, int axis, int index) {
    return x.with(x.layout().slice(axis, index, index + 1));
  }

  // ---- element by element

  @Override
  public void unary(UnaryOp op, Operand x, Operand out) {
    double[] values = read(x);
    Arrays.setAll(values, i -> ScalarFunctions.apply(op, values[i]));
    write(out, values);
  }

  @Override
  public void unaryGradient(UnaryOp op, Operand saved, Operand g, Operand out) {
    double[] values = read(saved);
    double[] upstream = read(g);
    Arrays.setAll(values, i -> ScalarFunctions.gradient(op, values[i], upstream[i]));
    write(out, values);
  }

  @Override
  public void affine(Operand x, float scale, float shift, Operand out) {
    double[] values = read(x);
    Arrays.setAll(values, i -> fma(scale, values[i], shift));
    write(out, values);
  }

  @Override
  public void clamp(Operand x, float low, float high, Operand out) {
    double[] values = read(x);
    Arrays.setAll(values, i -> Math.min(Math.max(values[i], low), high));
    write(out, values);
  }

  @Override
  public void binary(BinaryOp op, Operand a, Operand b, Operand out) {
    double[] left = read(a);
    double[] right = read(b);
    Arrays.setAll(left, i -> ScalarFunctions.apply(op, left[i], right[i]));
    write(out, left);
  }

  @Override
  public void where(Operand condition, Operand a, Operand b, Operand out) {
    double[] choice = read(condition);
    double[] yes = read(a);
    double[] no = read(b);
    Arrays.setAll(choice, i -> choice[i] != 0 ? yes[i] : no[i]);
    write(out, choice);
  }

  // ---- reductions

  @Override
  public void reduce(ReduceOp op, Operand x, int[] axes, Operand out) {
    double[] values = read(reducedLast(x, axes));
    double[] result = new double[(int) out.shape().count()];
    int count = result.length == 0 ? 0 : values.length / result.length;
    for (int row = 0; row < result.length; row++) {
      result[row] = reduce(op, values, row * count, count);
    }
    write(out, result);
  }

  /** Kept axes first, reduced ones last, both in their order. */
  private static Operand reducedLast(Operand x, int... axes) {
    IntStream kept =
        IntStream.range(0, x.shape().rank()).filter(axis -> Arrays.binarySearch(axes, axis) < 0);
    return x.with(x.layout().permute(IntStream.concat(kept, IntStream.of(axes)).toArray()));
  }

  private double reduce(ReduceOp op, double[] values, int start, int count) {
    double[] lanes = new double[LANES];
    Arrays.fill(
        lanes,
        switch (op) {
          case SUM, MEAN -> 0;
          case MAX -> Double.NEGATIVE_INFINITY;
          case MIN -> Double.POSITIVE_INFINITY;
        });
    for (int j = 0; j < count; j++) {
      lanes[j % LANES] = combine(op, lanes[j % LANES], values[start + j]);
    }
    for (int half = LANES / 2; half > 0; half /= 2) {
      for (int lane = 0; lane < half; lane++) {
        lanes[lane] = combine(op, lanes[lane], lanes[lane + half]);
      }
    }
    return op == ReduceOp.MEAN ? lanes[0] / count : lanes[0];
  }

  private double combine(ReduceOp op, double a, double b) {
    return switch (op) {
      case SUM, MEAN -> round(a + b);
      case MAX -> Math.max(a, b);
      case MIN -> Math.min(a, b);
    };
  }

  @Override
  public void topK(Operand x, int k, Operand values, Operand indices) {
    double[] all = read(x);
    int extent = x.shape().extent(-1);
    int rows = all.length / extent;
    double[] largest = new double[rows * k];
    double[] where = new double[rows * k];
    for (int row = 0; row < rows; row++) {
      int start = row * extent;
      // adding 0 makes the two zeros equal; Double.compare puts NaN on top; the sort is stable
      int[] order =
          IntStream.range(0, extent)
              .boxed()
              .sorted(Comparator.comparing((Integer i) -> all[start + i] + 0.0).reversed())
              .mapToInt(Integer::intValue)
              .toArray();
      for (int i = 0; i < k; i++) {
        largest[row * k + i] = all[start + order[i]];
        where[row * k + i] = order[i];
      }
    }
    write(values, largest);
    write(indices, where);
  }

  // ---- linear algebra

  @Override
  public void gemm(Operand a, Operand b, Operand out, Epilogue epilogue) {
    int batch = a.shape().extent(0);
    boolean summed = out.shape().extent(0) == 1;
    for (int entry = 0; entry < out.shape().extent(0); entry++) {
      double[] product = product(entry(a, 0, entry), entry(b, 0, entry));
      for (int next = 1; summed && next < batch; next++) {
        double[] summand = product(entry(a, 0, next), entry(b, 0, next));
        Arrays.setAll(product, i -> round(product[i] + summand[i]));
      }
      Operand target = entry(out, 0, entry);
      finish(product, target, epilogue);
      write(target, product);
    }
  }

  private double[] product(Operand a, Operand b) {
    int rows = a.shape().extent(1);
    int inner = a.shape().extent(2);
    int columns = b.shape().extent(2);
    double[] left = read(a);
    double[] right = read(b);
    double[] product = new double[rows * columns];
    for (int row = 0; row < rows; row++) {
      for (int k = 0; k < inner; k++) {
        double factor = left[row * inner + k];
        for (int column = 0; column < columns; column++) {
          int at = row * columns + column;
          product[at] = fma(factor, right[k * columns + column], product[at]);
        }
      }
    }
    return product;
  }

  private void finish(double[] product, Operand out, Epilogue epilogue) {
    switch (epilogue) {
      case Epilogue.Store() -> {}
      case Epilogue.Accumulate() -> {
        double[] before = read(out);
        Arrays.setAll(product, i -> before[i] + product[i]);
      }
      case Epilogue.Bias(Operand bias, Epilogue.Along along, Activation activation) -> {
        double[] values = read(bias);
        int columns = out.shape().extent(2);
        Arrays.setAll(
            product,
            i -> {
              int which = along == Epilogue.Along.ROWS ? i / columns : i % columns;
              return activate(activation, round(product[i] + values[which]));
            });
      }
    }
  }

  private static double activate(Activation activation, double x) {
    return switch (activation) {
      case IDENTITY -> x;
      case RELU -> ScalarFunctions.apply(UnaryOp.RELU, x);
      case GELU -> ScalarFunctions.apply(UnaryOp.GELU, x);
    };
  }

  // ---- random numbers

  @Override
  public void random(
      Distribution distribution, long seed, int purpose, Operand streams, Operand out) {
    long[] positions = Positions.of(streams.layout());
    int columns = out.shape().extent(1);
    double[] values = new double[(int) out.shape().count()];
    for (int row = 0; row < positions.length; row++) {
      Philox philox = new Philox(seed, purpose, storage(streams).getLong(positions[row]));
      for (int column = 0; column < columns; column++) {
        values[row * columns + column] =
            switch (distribution) {
              case UNIFORM -> philox.uniform(column);
              case NORMAL -> normal(philox, column);
            };
      }
    }
    write(out, values);
  }

  private static double normal(Philox philox, int column) {
    int first = column & ~1;
    double radius = Math.sqrt(-2 * Math.log(1 - (double) philox.uniform(first)));
    double angle = 2 * Math.PI * philox.uniform(first + 1);
    return column == first ? radius * Math.cos(angle) : radius * Math.sin(angle);
  }

  // ---- reading and writing

  private static PlainStorage storage(Operand operand) {
    return (PlainStorage) operand.storage();
  }

  private static double[] read(Operand x) {
    PlainStorage storage = storage(x);
    long[] positions = Positions.of(x.layout());
    double[] values = new double[positions.length];
    Arrays.setAll(values, i -> storage.get(positions[i]));
    return values;
  }

  private static void write(Operand out, double... values) {
    PlainStorage storage = storage(out);
    long[] positions = Positions.of(out.layout());
    for (int i = 0; i < values.length; i++) {
      storage.set(positions[i], values[i]);
    }
  }

  private double round(double value) {
    return wide ? value : (float) value;
  }

  private double fma(double a, double b, double c) {
    return wide ? Math.fma(a, b, c) : Math.fma((float) a, (float) b, (float) c);
  }
}
