package org.wardlock.defense.compress;

import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;
import org.wardlock.tensor.testing.TestDevice;

/** Pictures of chance. */
final class TestPictures {
  private TestPictures() {}

  /** Every value by itself. */
  static Tensor uniform(Shape shape, float low, float high, long seed) {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    var values = new float[Math.toIntExact(shape.count())];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat(low, high);
    }
    return Tensor.of(TestDevice.get(), shape, values);
  }

  /** Of 8 bits. */
  static Tensor ofBytes(Shape shape, long seed) {
    float[] values = uniform(shape, 0, 1, seed).toFloats();
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.round(values[i] * 255) / 255f;
    }
    return Tensor.of(TestDevice.get(), shape, values);
  }
}
