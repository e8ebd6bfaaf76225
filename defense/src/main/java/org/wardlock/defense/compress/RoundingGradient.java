package org.wardlock.defense.compress;

import org.wardlock.tensor.Tensor;

/** What stands in for the derivative of rounding, which is zero wherever there is one. */
public enum RoundingGradient {
  /** Nothing: a backward pass is refused. */
  NONE {
    @Override
    Tensor through(Tensor gradient, Tensor offset) {
      throw new UnsupportedOperationException(
          "rounding has no gradient; choose one that stands in for it");
    }
  },
  /** One, as though nothing were rounded (Bengio et al., arXiv 1308.3432). */
  STRAIGHT_THROUGH {
    @Override
    Tensor through(Tensor gradient, Tensor offset) {
      return gradient;
    }
  },
  /**
   * The derivative of round(x) + (x - round(x))^3, which is 0 at whole numbers and 3/4 half way
   * between them (Shin and Song, "JPEG-resistant adversarial images", 2017). The values are those
   * of true rounding.
   */
  CUBIC {
    @Override
    Tensor through(Tensor gradient, Tensor offset) {
      return offset.square().multiply(3).multiply(gradient);
    }
  },
  /**
   * As {@link #CUBIC}, and the values are those of the function itself, so that the gradient is a
   * true one: of something near rounding, not of rounding.
   */
  SMOOTH {
    @Override
    Tensor through(Tensor gradient, Tensor offset) {
      return CUBIC.through(gradient, offset);
    }
  };

  /** Whether values, too, are not quite those of rounding. */
  boolean isSmooth() {
    return this == SMOOTH;
  }

  /**
   * The gradient towards what was rounded.
   *
   * @param gradient towards what came out
   * @param offset what was rounded less what came out
   */
  abstract Tensor through(Tensor gradient, Tensor offset);
}
