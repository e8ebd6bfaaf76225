package org.wardlock.attacks.mimic;

import java.util.stream.IntStream;
import org.wardlock.attacks.Rows;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/**
 * Changed pictures as files hold them: clipped to [0, 1] and rounded to multiples of 1/255, and
 * still within the budget.
 *
 * @param pictures the values of each
 * @param dissimilarities of each to its source
 */
record RoundedPictures(float[][] pictures, double[] dissimilarities) {
  private static final float LEVELS = 255;

  /** In how many parts the change is taken back where it does not fit. */
  private static final int PARTS = 32;

  /**
   * The largest share of each change that fits. Where none does, as rounding the source alone is
   * more than the budget allows, the source as it is.
   */
  static RoundedPictures within(double budget, Tensor sources, float[][] changed) {
    float[][] from = Rows.toHost(sources);
    float[][] rounded = new float[changed.length][];
    double[] dissimilarities = new double[changed.length];
    int[] open = Rows.all(changed.length);
    for (int part = PARTS; part >= 0 && open.length > 0; part--) {
      float[][] tried = new float[open.length][];
      for (int i = 0; i < open.length; i++) {
        tried[i] = rounded(from[open[i]], changed[open[i]], (float) part / PARTS);
      }
      float[] found = dissimilarities(sources, tried, open);
      for (int i = 0; i < open.length; i++) {
        boolean fits = found[i] <= budget;
        if (fits || part == 0) {
          rounded[open[i]] = fits ? tried[i] : from[open[i]];
          // what float32 makes of none can be below
          dissimilarities[open[i]] = fits ? Math.max(0, found[i]) : 0;
        }
      }
      open = IntStream.of(open).filter(row -> rounded[row] == null).toArray();
    }
    return new RoundedPictures(rounded, dissimilarities);
  }

  private static float[] rounded(float[] from, float[] to, float share) {
    float[] values = new float[from.length];
    for (int i = 0; i < values.length; i++) {
      float value = Math.clamp(from[i] + share * (to[i] - from[i]), 0f, 1f);
      values[i] = Math.round(value * LEVELS) / LEVELS;
    }
    return values;
  }

  private static float[] dissimilarities(Tensor sources, float[][] pictures, int... rows) {
    Shape one = sources.shape().without(0);
    if (Math.min(one.extent(1), one.extent(2)) < StructuralDissimilarity.WINDOW) {
      return new float[rows.length];
    }
    try (Scope _ = Scope.open("rounded pictures")) {
      return StructuralDissimilarity.to(Rows.gather(sources, rows))
          .of(Rows.toDevice(sources.device(), one, pictures))
          .toFloats();
    }
  }
}
