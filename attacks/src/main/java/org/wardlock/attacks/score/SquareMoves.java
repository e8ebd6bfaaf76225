package org.wardlock.attacks.score;

import org.wardlock.attacks.Norm;
import org.wardlock.attacks.Threat;
import org.wardlock.tensor.Shape;

/** What the Square attack tries for one picture. Every image is within the threat. */
sealed interface SquareMoves permits LinfMoves, SmoothMoves {
  /** The moves for a picture. */
  static SquareMoves of(Threat threat, Shape shape, float[] clean, SquareRandom random) {
    return threat.norm() == Norm.LINF
        ? new LinfMoves(threat.radius(), shape, clean, random)
        : new SmoothMoves(threat, shape, clean, random);
  }

  /** The image to start from. */
  float[] start();

  /**
   * The image to try next.
   *
   * @param best of those tried so far; stays as it is
   */
  float[] propose(float[] best, int query);
}
