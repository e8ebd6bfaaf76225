package org.wardlock.attacks.ball;

import org.wardlock.attacks.AttackPurpose;
import org.wardlock.attacks.Norm;
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
    return threat.norm() == Norm.LINF
        ? LinfBall.around(clean, threat.radius())
        : HostBall.around(clean, PictureGeometry.of(threat));
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

  /**
   * Random points as far out as the ball reaches, one a picture: APGD's starts. In Linf noise
   * uniform in every value, stretched until its largest value is the radius; in L2 and L1 the
   * points of {@link #randomPoints}, which lie there already.
   *
   * @param streams as there
   */
  Tensor randomRim(long seed, AttackPurpose purpose, long... streams);

  /** How many values each point changes, one a picture. */
  int[] changedValues(Tensor points);

  /** The ball around some of the pictures, in the order of the given positions. */
  Ball select(int... positions);

  /** Hands its memory from the current scope to the enclosing one; returns this. */
  Ball keep();

  /** Gives up its memory now. */
  void release();
}
