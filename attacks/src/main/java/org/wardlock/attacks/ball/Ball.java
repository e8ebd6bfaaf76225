package org.wardlock.attacks.ball;

import org.wardlock.attacks.AttackPurpose;
import org.wardlock.attacks.Threat;
import org.wardlock.tensor.Tensor;

/**
 * The pictures that a threat permits around each picture of a batch. What comes out of {@link
 * #project} is permitted exactly, in the sense of {@link Threat#permits}.
 */
public sealed interface Ball permits LinfBall, HostBall {
  /**
   * The ball around each picture.
   *
   * @param clean (N, channels, height, width), in [0, 1]
   */
  static Ball around(Tensor clean, Threat threat) {
    double radius = threat.radius().toDouble();
    return switch (threat.norm()) {
      case LINF -> LinfBall.around(clean, threat.radius());
      case L2 -> HostBall.around(clean, new EuclideanGeometry(radius));
      case L1 -> HostBall.around(clean, new ManhattanGeometry(radius));
    };
  }

  /**
   * Brings points into the ball; those inside stay as they are.
   *
   * @param points one row a picture
   * @return of the same shape, in the current scope
   */
  Tensor project(Tensor points);

  /**
   * Random points of the ball, one a picture.
   *
   * @param streams one a picture: each point depends on seed, purpose and its own stream alone
   */
  Tensor randomPoints(long seed, AttackPurpose purpose, long... streams);

  /** The ball around some of the pictures, in the order of the given positions. */
  Ball select(int... positions);

  /** Hands its memory from the current scope to the enclosing one; returns this. */
  Ball keep();

  /** Gives up its memory now. */
  void release();
}
