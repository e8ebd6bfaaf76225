package org.wardlock.kernels.source.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.wardlock.tensor.Activation;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Gradients;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;
import org.wardlock.tensor.testing.Values;

/** Sums of more chunks than the contract's operands have, against the CPU. */
public interface ChunksContract {
  /** The device to compute on; may skip the test where there is none. */
  Device device();

  /** Beyond one chunk of 256 rows, whole chunks and not; columns beyond one block of 16. */
  @ParameterizedTest
  @ValueSource(ints = {256, 257, 1237})
  default void layerNorm(int rows) {
    Shape shape = Shape.of(rows, 23);
    check(
        device -> {
          Tensor x = normal(device, 1, shape).requiresGrad();
          Tensor weight = normal(device, 2, Shape.of(23)).requiresGrad();
          Tensor bias = normal(device, 3, Shape.of(23)).requiresGrad();
          Tensor out = x.layerNorm(weight, bias, 1e-5f);
          Gradients gradients = out.multiply(normal(device, 4, shape)).sum().backward();
          return List.of(out, gradients.of(x), gradients.of(weight), gradients.of(bias));
        },
        2e-5);
  }

  /** Four chunks a channel, the last one in part; far from 0 where no activation changes it. */
  @ParameterizedTest
  @EnumSource(Activation.class)
  default void batchNorm(Activation activation) {
    Shape shape = Shape.of(6, 3, 47, 45);
    float offset = activation == Activation.IDENTITY ? 100 : 0;
    check(
        device -> {
          Tensor x = normal(device, 5, shape).add(offset).requiresGrad();
          Tensor weight = normal(device, 6, Shape.of(3)).requiresGrad();
          Tensor bias = normal(device, 7, Shape.of(3)).requiresGrad();
          Optional<Tensor> addend = Optional.of(normal(device, 8, shape));
          var found = x.batchNorm(activation, weight, bias, 1e-5f, addend);
          Tensor out = found.output();
          Gradients gradients = out.multiply(normal(device, 9, shape)).sum().backward();
          return List.of(
              out,
              found.mean(),
              found.variance(),
              gradients.of(x),
              gradients.of(weight),
              gradients.of(bias));
        },
        1e-4);
  }

  private static Tensor normal(Device device, long seed, Shape shape) {
    return Tensor.of(device, shape, Values.normal(seed, shape).floats());
  }

  private void check(Function<Device, List<Tensor>> computation, double tolerance) {
    List<float[]> expected = results(Device.CPU, computation);
    List<float[]> found = results(device(), computation);
    for (int i = 0; i < expected.size(); i++) {
      float[] values = expected.get(i);
      double largest = 0;
      for (float value : values) {
        largest = Math.max(largest, Math.abs(value));
      }
      for (int j = 0; j < values.length; j++) {
        assertEquals(
            values[j], found.get(i)[j], tolerance * largest, "result " + i + " element " + j);
      }
    }
  }

  private static List<float[]> results(Device device, Function<Device, List<Tensor>> computation) {
    var results = new ArrayList<float[]>();
    try (Scope _ = Scope.open("results")) {
      for (Tensor tensor : computation.apply(device)) {
        results.add(tensor.toFloats());
      }
    }
    return results;
  }
}
