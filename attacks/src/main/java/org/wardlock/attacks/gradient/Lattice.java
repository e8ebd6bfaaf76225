package org.wardlock.attacks.gradient;

import org.wardlock.attacks.LookupClassifier;
import org.wardlock.attacks.Rational;
import org.wardlock.attacks.Rows;
import org.wardlock.attacks.ball.LinfBounds;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/**
 * The 8-bit values that every value of some pictures may become within a Linf radius, and what a
 * table gives for them: tensors (N, values of a picture, choices). The choice in the middle is the
 * clean value itself, as it is.
 *
 * @param pixels the values
 * @param looked what the table gives for each
 * @param barred 0, and {@link #NEVER} where a choice would leave 0..255
 */
record Lattice(Tensor pixels, Tensor looked, Tensor barred) {
  private static final int STEPS = 255;

  /** A weight that no climb makes up for. */
  private static final float NEVER = -1e6f;

  /**
   * The choices, in the current scope.
   *
   * @param clean (N, channels, height, width)
   */
  static Lattice around(Tensor clean, Rational radius, LookupClassifier known) {
    int reach =
        Math.toIntExact(
            Math.min(STEPS, Math.floorDiv(radius.numerator() * STEPS, radius.denominator())));
    int choices = 2 * reach + 1;
    float[][] pictures = Rows.toHost(clean);
    Tensor[] pixels = new Tensor[choices];
    Tensor[] looked = new Tensor[choices];
    Tensor[] barred = new Tensor[choices];
    try (Scope _ = Scope.open("lattice")) {
      Shape one = clean.shape().without(0);
      int[] column = {pictures.length, Math.toIntExact(one.count()), 1};
      for (int choice = 0; choice < choices; choice++) {
        float[][] values = new float[pictures.length][];
        float[][] bars = new float[pictures.length][];
        for (int row = 0; row < pictures.length; row++) {
          values[row] = new float[pictures[row].length];
          bars[row] = new float[pictures[row].length];
          fill(pictures[row], choice - reach, radius, values[row], bars[row]);
        }
        Tensor images = Rows.toDevice(clean.device(), one, values);
        pixels[choice] = images.reshape(column);
        looked[choice] = known.looked(images).reshape(column);
        barred[choice] = Rows.toDevice(clean.device(), one, bars).reshape(column);
      }
      return new Lattice(
          Tensor.concatenate(2, pixels).keep(),
          Tensor.concatenate(2, looked).keep(),
          Tensor.concatenate(2, barred).keep());
    }
  }

  /** One choice of a picture's values: so many 8-bit steps from the clean ones. */
  private static void fill(
      float[] clean, int offset, Rational radius, float[] values, float[] bars) {
    for (int i = 0; i < clean.length; i++) {
      int step = Math.round(clean[i] * STEPS) + offset;
      if (offset == 0) {
        values[i] = clean[i];
      } else if (step < 0 || step > STEPS) {
        values[i] = clean[i];
        bars[i] = NEVER;
      } else {
        // the float of a step at the very end may be a rounding beyond the radius
        values[i] =
            Math.clamp(
                (float) step / STEPS,
                LinfBounds.low(clean[i], radius),
                LinfBounds.high(clean[i], radius));
      }
    }
  }

  int choices() {
    return pixels.shape().extent(2);
  }

  Lattice select(int... positions) {
    return new Lattice(
        Rows.gather(pixels, positions),
        Rows.gather(looked, positions),
        Rows.gather(barred, positions));
  }

  Lattice keep() {
    pixels.keep();
    looked.keep();
    barred.keep();
    return this;
  }

  void release() {
    pixels.release();
    looked.release();
    barred.release();
  }
}
