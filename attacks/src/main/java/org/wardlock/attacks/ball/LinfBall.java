package org.wardlock.attacks.ball;

import java.util.stream.IntStream;
import org.wardlock.attacks.AttackPurpose;
import org.wardlock.attacks.Rational;
import org.wardlock.attacks.Rows;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;
import org.wardlock.tensor.spi.Distribution;

/**
 * A lower and an upper bound for every pixel, computed once; clamping to them is exact on every
 * device.
 */
record LinfBall(Tensor clean, float radius, Tensor low, Tensor high) implements Ball {
  static LinfBall around(Tensor clean, Rational radius) {
    float[] pixels = clean.toFloats();
    float[] low = new float[pixels.length];
    float[] high = new float[pixels.length];
    for (int i = 0; i < pixels.length; i++) {
      low[i] = LinfBounds.low(pixels[i], radius);
      high[i] = LinfBounds.high(pixels[i], radius);
    }
    return new LinfBall(
        clean.detach(),
        (float) radius.toDouble(),
        Tensor.of(clean.device(), clean.shape(), low),
        Tensor.of(clean.device(), clean.shape(), high));
  }

  @Override
  public Tensor project(Tensor points) {
    try (Scope _ = Scope.open("project")) {
      return points.maximum(low).minimum(high).keep();
    }
  }

  /** Uniform in the ball's part of [0, 1]. */
  @Override
  public Tensor randomPoints(long seed, AttackPurpose purpose, long... streams) {
    try (Scope _ = Scope.open("random points")) {
      Tensor uniform = uniform(seed, purpose, streams);
      return project(uniform.multiplyAdd(high.subtract(low), low)).keep();
    }
  }

  @Override
  public Tensor randomRim(long seed, AttackPurpose purpose, long... streams) {
    try (Scope _ = Scope.open("random rim")) {
      Tensor noise = uniform(seed, purpose, streams).affine(2, -1);
      // a picture without any noise stays clean
      Tensor longest = noise.abs().max(1, 2, 3).add(Float.MIN_NORMAL);
      return project(noise.divide(longest).multiply(radius).add(clean)).keep();
    }
  }

  @Override
  public int[] changedValues(Tensor points) {
    float[] counts;
    try (Scope _ = Scope.open("changed values")) {
      counts = points.equalTo(clean).affine(-1, 1).sum(1, 2, 3).toFloats();
    }
    return IntStream.range(0, counts.length).map(i -> Math.round(counts[i])).toArray();
  }

  private Tensor uniform(long seed, AttackPurpose purpose, long... streams) {
    Shape shape = low.shape();
    int columns = streams.length == 0 ? 0 : (int) (shape.count() / streams.length);
    Tensor rows = Tensor.ofLongs(low.device(), Shape.of(streams.length), streams);
    return Tensor.random(Distribution.UNIFORM, seed, purpose.number(), rows, columns)
        .reshape(shape.toArray());
  }

  @Override
  public LinfBall select(int... positions) {
    return new LinfBall(
        Rows.gather(clean, positions),
        radius,
        Rows.gather(low, positions),
        Rows.gather(high, positions));
  }

  @Override
  public LinfBall keep() {
    clean.keep();
    low.keep();
    high.keep();
    return this;
  }

  @Override
  public void release() {
    clean.release();
    low.release();
    high.release();
  }
}
