package org.wardlock.attacks;

import java.util.Optional;

/**
 * Adversarial pictures as files hold them: rounded to multiples of 1/255. Values go to the nearest
 * multiple; if that leaves the ball, those of the whole picture go to the next multiple towards the
 * clean picture. A clean value that is itself the float of a multiple counts as exactly that
 * multiple, so eight steps of an 8-bit picture are 8/255 and not a float's rounding more.
 */
final class EightBit {
  private static final double STEPS = 255;
  // covers k / 255f and k * (1 / 255f)
  private static final double FLOAT_ROUNDING = 1e-7;

  private EightBit() {}

  /** The rounded picture, if there is one within the threat. */
  static Optional<float[]> round(float[] clean, float[] picture, Threat threat) {
    long[] steps = new long[clean.length];
    for (int i = 0; i < clean.length; i++) {
      steps[i] = Math.round(picture[i] * STEPS);
    }
    if (!permits(clean, steps, threat)) {
      for (int i = 0; i < clean.length; i++) {
        double scaled = picture[i] * STEPS;
        steps[i] = (long) (picture[i] < clean[i] ? Math.ceil(scaled) : Math.floor(scaled));
      }
      if (!permits(clean, steps, threat)) {
        return Optional.empty();
      }
    }
    float[] rounded = new float[clean.length];
    for (int i = 0; i < clean.length; i++) {
      rounded[i] = (float) (steps[i] / STEPS);
    }
    return Optional.of(rounded);
  }

  private static boolean permits(float[] clean, long[] steps, Threat threat) {
    Rational radius = threat.radius();
    long wholeSteps = Math.floorDiv(radius.numerator() * 255, radius.denominator());
    double sum = 0;
    for (int i = 0; i < clean.length; i++) {
      long cleanSteps = Math.round(clean[i] * STEPS);
      boolean isMultiple = Math.abs(clean[i] - cleanSteps / STEPS) <= FLOAT_ROUNDING;
      double change =
          isMultiple
              ? Math.abs(steps[i] - cleanSteps) / STEPS
              : Math.abs(steps[i] / STEPS - clean[i]);
      switch (threat.norm()) {
        case LINF -> {
          boolean inside =
              isMultiple
                  ? Math.abs(steps[i] - cleanSteps) <= wholeSteps
                  : radius.compareToDistance(clean[i], (float) (steps[i] / STEPS)) >= 0;
          if (!inside) {
            return false;
          }
        }
        case L2 -> sum += change * change;
        case L1 -> sum += change;
      }
    }
    double norm = threat.norm() == Norm.L2 ? Math.sqrt(sum) : sum;
    return norm <= radius.toDouble();
  }
}
