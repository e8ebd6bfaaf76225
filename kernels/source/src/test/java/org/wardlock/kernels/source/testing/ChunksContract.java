package org.wardlock.kernels.source.testing;

import static org.wardlock.kernels.source.testing.Agreement.normal;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.wardlock.tensor.Activation;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Gradients;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

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

  private void check(Function<Device, List<Tensor>> computation, double tolerance) {
    new Agreement(device(), computation).check(Device.CPU, tolerance, 0);
  }
}
