package org.wardlock.attacks.gradient;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.wardlock.attacks.Mode;
import org.wardlock.attacks.Norm;
import org.wardlock.attacks.Rational;
import org.wardlock.attacks.Testing;
import org.wardlock.attacks.Threat;
import org.wardlock.attacks.ball.Ball;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/**
 * APGD's steps by hand. All numbers are fractions of a power of two, which floats hold exactly: the
 * points must be these to the last bit.
 */
class ClimbTest {
  private static final Threat THREAT = Threat.linf(Rational.of(1, 8));

  private static Tensor images(int values, float... all) {
    return Testing.images(Shape.of(1, 1, values), all);
  }

  /** What is allowed to move: 0.375 to 0.625, but the third value, near black, 0 to 0.1875. */
  @Test
  void aStepGoesThreeQuartersThereAndOneOnAsBefore() {
    try (Scope _ = Scope.open("test")) {
      Ball ball = Ball.around(images(4, 0.5f, 0.5f, 0.0625f, 0.5f), THREAT);
      Climb climb = Climb.start(ball, images(4, 0.5625f, 0.5f, 0.125f, 0.4375f), 0);
      climb.begin(THREAT, Mode.STRICT);

      // twice the radius along the signs, into the ball
      climb.observe(new double[] {1}, Optional.of(images(4, 3, -1, -2, 0)));
      climb.move(Norm.LINF, 1);
      assertArrayEquals(new float[] {0.625f, 0.375f, 0, 0.4375f}, climb.x().toFloats());

      // to 0.375, 0.375, 0.1875, 0.625; as before would be 0.0625, -0.125, -0.125, 0 more
      climb.observe(new double[] {2}, Optional.of(images(4, -1, -1, 1, 5)));
      climb.move(Norm.LINF, 0.75f);
      assertArrayEquals(
          new float[] {0.453125f, 0.375f, 0.109375f, 0.578125f}, climb.x().toFloats());

      // to the upper ends; as before would be -0.171875, 0, 0.109375, 0.140625 more
      climb.observe(new double[] {3}, Optional.of(images(4, 1, 1, 1, 1)));
      climb.move(Norm.LINF, 0.75f);
      assertArrayEquals(new float[] {0.5390625f, 0.5625f, 0.1875f, 0.625f}, climb.x().toFloats());
    }
  }

  /** The first picture got worse and goes back, to where the way was up; the second goes on. */
  @Test
  void aLookBackReturnsThePicturesThatAreStuckAndTheirGradients() {
    try (Scope _ = Scope.open("test")) {
      Ball ball = Ball.around(images(1, 0.5f, 0.5f), THREAT);
      Climb climb = Climb.start(ball, images(1, 0.4375f, 0.4375f), 0, 1);
      climb.begin(THREAT, Mode.STRICT);
      climb.observe(new double[] {0, 0}, Optional.of(images(1, 1, 1)));
      climb.move(Norm.LINF, 1);
      assertArrayEquals(new float[] {0.625f, 0.625f}, climb.x().toFloats());

      climb.observe(new double[] {-1, 1}, Optional.of(images(1, -1, -1)));
      climb.lookBack(false);
      assertArrayEquals(new float[] {0.4375f, 0.625f}, climb.x().toFloats());
      assertArrayEquals(new float[] {0.4375f, 0.625f}, climb.best().toFloats());

      // up by half as far, without momentum: it has come from there; down by the whole length
      climb.move(Norm.LINF, 0.75f);
      assertArrayEquals(new float[] {0.53125f, 0.484375f}, climb.x().toFloats());
    }
  }
}
