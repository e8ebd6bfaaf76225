package org.wardlock.nn;

import org.wardlock.tensor.Device;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;
import org.wardlock.tensor.spi.Distribution;

/** What a parameter holds before anything is learnt. */
public sealed interface Init {
  /** All values equal. */
  record Constant(float value) implements Init {}

  /** Normal with mean 0, cut off at -limit and limit. */
  record Normal(float deviation, float limit) implements Init {}

  /** Uniform on [-bound, bound). */
  record Uniform(float bound) implements Init {}

  /** All 0. */
  static Init zeros() {
    return new Constant(0);
  }

  /** All 1. */
  static Init ones() {
    return new Constant(1);
  }

  /** Normal with mean 0. */
  static Init normal(double deviation) {
    return new Normal((float) deviation, Float.POSITIVE_INFINITY);
  }

  /**
   * Normal with mean 0, cut off at -2 and 2: absolute limits, as timm has them, that a small
   * deviation never meets.
   */
  static Init truncatedNormal(double deviation) {
    return new Normal((float) deviation, 2);
  }

  /**
   * What PyTorch gives weights and biases of linear and convolution layers: uniform within 1 /
   * sqrt(fan-in), which is He's uniform distribution with a = sqrt(5).
   *
   * @param fanIn inputs that one output reads
   */
  static Init uniform(int fanIn) {
    return new Uniform((float) (1 / Math.sqrt(fanIn)));
  }

  /**
   * The values for one parameter, in the current scope.
   *
   * @param stream tells parameters apart: equal (seed, purpose, stream) give equal numbers
   */
  default Tensor values(Device device, Shape shape, long seed, int purpose, long stream) {
    return switch (this) {
      case Constant(float value) -> Tensor.full(device, shape, value);
      case Normal(float deviation, float limit) ->
          random(Distribution.NORMAL, device, shape, seed, purpose, stream)
              .multiply(deviation)
              .clamp(-limit, limit);
      case Uniform(float bound) ->
          random(Distribution.UNIFORM, device, shape, seed, purpose, stream)
              .affine(2 * bound, -bound);
    };
  }

  private static Tensor random(
      Distribution distribution, Device device, Shape shape, long seed, int purpose, long stream) {
    Tensor streams = Tensor.ofLongs(device, Shape.of(1), stream);
    return Tensor.random(distribution, seed, purpose, streams, Math.toIntExact(shape.count()))
        .reshape(shape.toArray());
  }
}
