package org.wardlock.attacks.ball;

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
record LinfBall(Tensor low, Tensor high) implements Ball {
  static LinfBall around(Tensor clean, Rational radius) {
    float[] pixels = clean.toFloats();
    float[] low = new float[pixels.length];
    float[] high = new float[pixels.length];
    for (int i = 0; i < pixels.length; i++) {
      low[i] = LinfBounds.low(pixels[i], radius);
      high[i] = LinfBounds.high(pixels[i], radius);
    }
    return new LinfBall(
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
      Shape shape = low.shape();
      int columns = streams.length == 0 ? 0 : (int) (shape.count() / streams.length);
      Tensor rows = Tensor.ofLongs(low.device(), Shape.of(streams.length), streams);
      Tensor uniform =
          Tensor.random(Distribution.UNIFORM, seed, purpose.number(), rows, columns)
              .reshape(shape.toArray());
      return project(uniform.multiplyAdd(high.subtract(low), low)).keep();
    }
  }

  @Override
  public LinfBall select(int... positions) {
    return new LinfBall(Rows.gather(low, positions), Rows.gather(high, positions));
  }

  @Override
  public LinfBall keep() {
    low.keep();
    high.keep();
    return this;
  }

  @Override
  public void release() {
    low.release();
    high.release();
  }
}
