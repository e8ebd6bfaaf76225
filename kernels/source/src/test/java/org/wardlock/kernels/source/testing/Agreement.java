package org.wardlock.kernels.source.testing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;
import org.wardlock.tensor.testing.Values;

/**
 * Compares what a computation gives on a device with what it gives on another, and with itself.
 *
 * @param device the one that is tested
 * @param computation on tensors of a device
 */
record Agreement(Device device, Function<Device, List<Tensor>> computation) {
  static Tensor normal(Device device, long seed, Shape shape) {
    return Tensor.of(device, shape, Values.normal(seed, shape).floats());
  }

  /**
   * Compares.
   *
   * @param reference another device
   * @param tolerance of each element, in parts of the largest
   * @param smallest what the largest is taken for where it is smaller
   */
  void check(Device reference, double tolerance, double smallest) {
    List<float[]> expected = results(reference);
    List<float[]> found = results(device);
    for (int i = 0; i < expected.size(); i++) {
      float[] values = expected.get(i);
      double largest = smallest;
      for (float value : values) {
        largest = Math.max(largest, Math.abs(value));
      }
      for (int j = 0; j < values.length; j++) {
        assertEquals(
            values[j], found.get(i)[j], tolerance * largest, "result " + i + " element " + j);
      }
    }
    List<float[]> again = results(device);
    for (int i = 0; i < found.size(); i++) {
      assertArrayEquals(found.get(i), again.get(i), "result " + i + " again");
    }
  }

  private List<float[]> results(Device where) {
    var results = new ArrayList<float[]>();
    try (Scope _ = Scope.open("results")) {
      for (Tensor tensor : computation.apply(where)) {
        results.add(tensor.toFloats());
      }
    }
    return results;
  }
}
