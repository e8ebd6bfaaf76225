package org.wardlock.nn.train;

import java.util.Arrays;
import org.wardlock.tensor.Philox;

/**
 * Mixes each picture of a batch with the one as far from the other end, and their labels alike:
 * mixup (Zhang et al. 2018) adds them in shares, CutMix (Yun et al. 2019) pastes a rectangle of one
 * into the other. Shares are drawn from Beta(alpha, alpha), once a batch; with both, each batch has
 * one of them, by halves. Rectangles and the choice are as timm has them.
 *
 * @param mixup alpha, or 0 for none
 * @param cutmix alpha, or 0 for none
 */
public record Mixing(double mixup, double cutmix) {
  /** None. */
  public static final Mixing NONE = new Mixing(0, 0);

  /** Keeps these numbers apart from those drawn with the same seed for other ends: "mix". */
  private static final int PURPOSE = 0x6D6978;

  /** Positions that no share takes. */
  private static final int CHOICE = 0;

  private static final int PLACE = 1;
  private static final int SHARE = 4 * (PLACE + 2);

  /** Checks the numbers. */
  public Mixing {
    requireAlpha("mixup", mixup);
    requireAlpha("CutMix", cutmix);
  }

  private static void requireAlpha(String what, double alpha) {
    if (!(alpha >= 0) || Double.isInfinite(alpha)) {
      throw new IllegalArgumentException(what + " alpha " + alpha + ", expected 0 or more");
    }
  }

  /** Whether nothing is mixed. */
  public boolean isNone() {
    return mixup == 0 && cutmix == 0;
  }

  /**
   * What is mixed in one batch.
   *
   * @param share of each picture's own label
   * @param mask part of each of its own pixels, rows of side x side
   */
  record Mix(float share, float[] mask) {}

  /**
   * The mix of a batch.
   *
   * @param side of the pictures
   */
  Mix draw(long seed, int epoch, int batch, int side) {
    var random = new Philox(seed, PURPOSE, (long) epoch << 32 | batch);
    boolean cuts = cutmix > 0 && (mixup == 0 || random.below(2, CHOICE) == 1);
    double share = new BetaDistribution(cuts ? cutmix : mixup).draw(random, SHARE);
    float[] mask = new float[side * side];
    if (!cuts) {
      Arrays.fill(mask, (float) share);
      return new Mix((float) share, mask);
    }
    int cut = (int) (side * Math.sqrt(1 - share));
    int row = random.below(side, PLACE);
    int column = random.below(side, PLACE + 1);
    int top = Math.clamp(row - cut / 2, 0, side);
    int bottom = Math.clamp(row + cut / 2, 0, side);
    int left = Math.clamp(column - cut / 2, 0, side);
    int right = Math.clamp(column + cut / 2, 0, side);
    for (int i = 0; i < mask.length; i++) {
      int y = i / side;
      int x = i % side;
      mask[i] = y >= top && y < bottom && x >= left && x < right ? 0 : 1;
    }
    double area = (double) (bottom - top) * (right - left);
    return new Mix((float) (1 - area / mask.length), mask);
  }
}
