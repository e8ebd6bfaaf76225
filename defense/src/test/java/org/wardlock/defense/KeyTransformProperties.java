package org.wardlock.defense;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.domains.Domain;
import net.jqwik.api.domains.DomainContext;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;
import org.wardlock.tensor.testing.TestDevice;

/** Keys on tensors against keys on arrays: the same bits, and gradients that are known exactly. */
@Domain(KeySpecs.class)
@Domain(DomainContext.Global.class)
class KeyTransformProperties {
  @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
  void bitsAreThoseOfThePixelMap(
      @ForAll KeySpec spec,
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 4) int channels,
      @ForAll @IntRange(min = 1, max = 3) int count) {
    Key key = key(spec, seed);
    Shape shape = Shape.of(channels, 2 * spec.block(), 3 * spec.block());
    int size = Math.toIntExact(shape.count());
    PixelMap map = key.pixelMap(channels, shape.extent(1), shape.extent(2));
    float[] batch = Pictures.random(seed, count * size, 999);
    try (Scope _ = Scope.open("test");
        KeyTransform transform = KeyTransform.of(key, shape, TestDevice.get())) {
      float[] found = transform.apply(batch(batch, count, shape)).toFloats();
      for (int n = 0; n < count; n++) {
        float[] picture = Arrays.copyOfRange(batch, n * size, (n + 1) * size);
        assertArrayEquals(map.apply(picture), Arrays.copyOfRange(found, n * size, (n + 1) * size));
      }
    }
  }

  @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
  void gradientsGoBackByTheInversePermutationAndChangeSignWhereNegated(
      @ForAll KeySpec spec, @ForAll long seed) {
    Key key = key(spec, seed);
    Shape shape = Shape.of(3, 2 * spec.block(), 2 * spec.block());
    int size = Math.toIntExact(shape.count());
    PixelMap map = key.pixelMap(3, shape.extent(1), shape.extent(2));
    float[] upstream = Pictures.random(seed + 1, 2 * size, 12345);
    var expected = new float[2 * size];
    for (int i = 0; i < 2 * size; i++) {
      int picture = i / size * size;
      float sign = map.negated()[i % size] ? -1 : 1;
      expected[picture + map.sources()[i % size]] = sign * upstream[i];
    }
    try (Scope _ = Scope.open("test");
        KeyTransform exact = KeyTransform.of(key, shape, TestDevice.get());
        KeyTransform transform = exact.withIdentityGradient()) {
      Tensor images = batch(Pictures.random(seed, 2 * size, 255), 2, shape).requiresGrad();
      Tensor seedGradient = batch(upstream, 2, shape);
      Tensor gradient = transform.apply(images).backward(seedGradient).of(images);
      // Exact but for the sign of zero, which a sum with zero loses.
      assertArrayEquals(expected, gradient.toFloats(), 0f);
      if (exact.isDifferentiable()) {
        Tensor same = exact.apply(images).backward(seedGradient).of(images);
        assertArrayEquals(expected, same.toFloats(), 0f);
      }
    }
  }

  @Property(tries = 40, edgeCases = EdgeCasesMode.NONE)
  void gradientsAreTheDifferencesThatPicturesMake(@ForAll KeySpec spec, @ForAll long seed) {
    Key key = key(spec, seed);
    Shape shape = Shape.of(3, 2 * spec.block(), 3 * spec.block());
    int size = Math.toIntExact(shape.count());
    float[] at = Pictures.random(seed, size, 8);
    float[] along = Pictures.random(seed + 1, size, 8);
    float[] upstream = Pictures.random(seed + 2, size, 8);
    try (Scope _ = Scope.open("test");
        KeyTransform transform = KeyTransform.of(key, shape, TestDevice.get())) {
      if (!transform.isDifferentiable()) {
        return;
      }
      Tensor images = batch(at, 1, shape).requiresGrad();
      float[] gradient =
          transform.apply(images).backward(batch(upstream, 1, shape)).of(images).toFloats();
      float[] ahead = transform.apply(moved(at, along, 1, shape)).toFloats();
      float[] behind = transform.apply(moved(at, along, -1, shape)).toFloats();
      double expected = 0;
      double found = 0;
      for (int i = 0; i < size; i++) {
        expected += upstream[i] * (ahead[i] - behind[i]) / 2;
        found += gradient[i] * along[i];
      }
      // eighths and their products are exact, and the transform has no curvature
      assertEquals(expected, found, 1e-9);
    }
  }

  private static Tensor moved(float[] at, float[] along, float step, Shape shape) {
    float[] values = new float[at.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = at[i] + step * along[i];
    }
    return batch(values, 1, shape);
  }

  private static Key key(KeySpec spec, long seed) {
    return ExperimentKeys.draw(spec, 1, seed).getFirst();
  }

  private static Tensor batch(float[] values, int count, Shape shape) {
    return Tensor.of(
        TestDevice.get(),
        Shape.of(count, shape.extent(0), shape.extent(1), shape.extent(2)),
        values);
  }
}
