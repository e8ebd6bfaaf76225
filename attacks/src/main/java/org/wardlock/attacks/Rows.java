package org.wardlock.attacks;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/** Chosen rows of batches: attacks go on with the pictures that still stand. */
public final class Rows {
  private Rows() {}

  /** 0, 1, ..., count - 1. */
  public static int[] all(int count) {
    return IntStream.range(0, count).toArray();
  }

  /** The entries that some positions name, in their order. */
  public static int[] pick(int[] values, int... positions) {
    return Arrays.stream(positions).map(position -> values[position]).toArray();
  }

  /**
   * Some rows of a tensor, in the order of the positions; a view where these are all rows in their
   * own order. Always a tensor of the current scope.
   */
  public static Tensor gather(Tensor batch, int... positions) {
    if (Arrays.equals(positions, all(batch.shape().extent(0)))) {
      return batch.detach();
    }
    return batch.gather(0, Tensor.ofInts(batch.device(), Shape.of(positions.length), positions));
  }

  /** The values of each row. */
  public static float[][] toHost(Tensor batch) {
    int count = batch.shape().extent(0);
    float[] values = batch.toFloats();
    int size = count == 0 ? 0 : values.length / count;
    float[][] rows = new float[count][];
    Arrays.setAll(rows, row -> Arrays.copyOfRange(values, row * size, (row + 1) * size));
    return rows;
  }

  /**
   * Rows of host memory as one batch.
   *
   * @param one the shape of each row
   */
  public static Tensor toDevice(Device device, Shape one, float[][] rows) {
    int size = Math.toIntExact(one.count());
    float[] values = new float[Math.multiplyExact(rows.length, size)];
    for (int row = 0; row < rows.length; row++) {
      System.arraycopy(rows[row], 0, values, row * size, size);
    }
    int[] extents = new int[one.rank() + 1];
    extents[0] = rows.length;
    System.arraycopy(one.toArray(), 0, extents, 1, one.rank());
    return Tensor.of(device, Shape.of(extents), values);
  }
}
