package org.wardlock.attacks.score;

import org.wardlock.attacks.AttackPurpose;
import org.wardlock.attacks.Mode;
import org.wardlock.tensor.Philox;

/** The random choices of the Square attack for one picture. */
final class SquareRandom {
  private static final int CHOICES = 4;

  private final Philox start;
  private final Philox windows;
  private final Philox signs;
  private final Mode mode;

  /**
   * @param stream of the picture and the restart
   * @param steps of the windows: the same for all pictures that shall move alike
   */
  SquareRandom(long seed, long stream, long steps, Mode mode) {
    this.start = new Philox(seed, AttackPurpose.SQUARE_START.number(), stream);
    this.windows = new Philox(seed, AttackPurpose.SQUARE_WINDOWS.number(), steps);
    this.signs = new Philox(seed, AttackPurpose.SQUARE_SIGNS.number(), steps);
    this.mode = mode;
  }

  /** 1 or -1, for the start. */
  int startSign(int position) {
    return sign(start, position);
  }

  /**
   * Where a window begins along an axis.
   *
   * @param choice which of the query's choices, from 0 to 3
   */
  int corner(int query, int choice, int extent, int side) {
    int places = mode == Mode.COMPAT ? Math.max(1, extent - side) : extent - side + 1;
    return windows.below(places, (long) query * CHOICES + choice);
  }

  /** 1 or -1, for a query. */
  int sign(int query, int choice, int choices) {
    return sign(signs, (long) query * choices + choice);
  }

  private static int sign(Philox random, long position) {
    return random.word(position) < 0 ? -1 : 1;
  }
}
