package org.wardlock.attacks.decision;

import java.util.Arrays;
import java.util.Optional;
import org.wardlock.attacks.AttackPurpose;
import org.wardlock.attacks.Norm;
import org.wardlock.attacks.Task;
import org.wardlock.tensor.spi.Distribution;

/** The search of {@link HopSkipJump} for one picture; names of quantities as in the paper. */
final class Hops {
  /** Of the first looks, as a share of the range of values. */
  private static final double FIRST_DISTANCE = 0.1;

  /** Vectors made at a time when they are weighed. */
  private static final int PIECE = 64;

  private final HopSkipJump attack;
  private final Task task;
  private final int row;
  private final float[] clean;
  private final Norm norm;
  private final double theta;
  private final Noise noise;
  private int drawn;

  Hops(HopSkipJump attack, Task task, int row, float[] clean) {
    this.attack = attack;
    this.task = task;
    this.row = row;
    this.clean = clean;
    this.norm = task.threat().norm();
    double size = clean.length;
    this.theta = norm == Norm.L2 ? 1 / (Math.sqrt(size) * size) : 1 / (size * size);
    Distribution distribution = norm == Norm.L2 ? Distribution.NORMAL : Distribution.UNIFORM;
    this.noise = new Noise(task, row, distribution, AttackPurpose.HOPS, clean.length);
  }

  Optional<Inquiry> begin() {
    return new StartSearch(task, row, clean, start -> toBoundary(start, 1)).begin();
  }

  /** Goes back from a point with a wrong answer to the boundary, then makes a step. */
  private Optional<Inquiry> toBoundary(float[] far, int step) {
    double distance = norm.distance(clean, far);
    double high = norm == Norm.L2 ? 1 : distance;
    double threshold = norm == Norm.L2 ? theta : Math.min(distance * theta, theta);
    return bisect(far, 0, high, threshold, distance, step);
  }

  private Optional<Inquiry> bisect(
      float[] far, double low, double high, double threshold, double distance, int step) {
    double middle = (low + high) / 2;
    // the second holds where no double is left between the two
    if (high - low <= threshold || middle <= low || middle >= high) {
      return look(between(far, high), distance, step);
    }
    return Inquiry.one(
        between(far, middle),
        reached ->
            reached
                ? bisect(far, low, middle, threshold, distance, step)
                : bisect(far, middle, high, threshold, distance, step));
  }

  private float[] between(float[] far, double amount) {
    return norm == Norm.L2
        ? Blends.straight(clean, far, amount)
        : Blends.within(clean, far, amount);
  }

  /**
   * Looks around a point at the boundary.
   *
   * @param cameFrom how far away the point was that led there
   */
  private Optional<Inquiry> look(float[] point, double cameFrom, int step) {
    int count = (int) Math.min(attack.firstLooks() * Math.sqrt(step), attack.mostLooks());
    double size = clean.length;
    double delta =
        step == 1 ? FIRST_DISTANCE : (norm == Norm.L2 ? Math.sqrt(size) : size) * theta * cameFrom;
    int first = drawn;
    drawn += count;
    return Optional.of(
        new Inquiry(
            count,
            (start, end) -> around(point, delta, first + start, first + end),
            reached -> hop(point, direction(point, delta, first, reached), step)));
  }

  /** Points around one, in random directions. */
  private float[][] around(float[] point, double delta, int from, int to) {
    float[][] vectors = noise.range(from, to);
    for (float[] vector : vectors) {
      if (norm == Norm.LINF) {
        for (int i = 0; i < vector.length; i++) {
          vector[i] = 2 * vector[i] - 1;
        }
      }
      double length = Norm.L2.distance(new float[vector.length], vector);
      double scale = length > 0 ? delta / length : 0;
      for (int i = 0; i < vector.length; i++) {
        vector[i] = (float) Math.clamp(point[i] + scale * vector[i], 0, 1);
      }
    }
    return vectors;
  }

  /** The direction in which answers are wrong, of length 1 in L2. */
  private double[] direction(float[] point, double delta, int first, boolean... reached) {
    int wrong = 0;
    for (boolean one : reached) {
      wrong += one ? 1 : 0;
    }
    double mean = 2.0 * wrong / reached.length - 1;
    // where all answers agree there is no baseline to take off
    double baseline = Math.abs(mean) == 1 ? 0 : mean;
    double[] sum = new double[point.length];
    for (int start = 0; start < reached.length; start += PIECE) {
      int end = Math.min(start + PIECE, reached.length);
      float[][] points = around(point, delta, first + start, first + end);
      for (int k = start; k < end; k++) {
        double weight = (reached[k] ? 1 : -1) - baseline;
        float[] one = points[k - start];
        for (int i = 0; i < sum.length; i++) {
          sum[i] += weight * ((double) one[i] - point[i]);
        }
      }
    }
    double length = Math.sqrt(Arrays.stream(sum).map(part -> part * part).sum());
    return length == 0 ? sum : Arrays.stream(sum).map(part -> part / length).toArray();
  }

  private Optional<Inquiry> hop(float[] point, double[] direction, int step) {
    double[] update =
        norm == Norm.L2 ? direction : Arrays.stream(direction).map(Math::signum).toArray();
    return hop(point, update, norm.distance(clean, point) / Math.sqrt(step), step);
  }

  /** Steps as far as the answer stays wrong, by halves. */
  private Optional<Inquiry> hop(float[] point, double[] update, double length, int step) {
    float[] next = new float[point.length];
    for (int i = 0; i < next.length; i++) {
      next[i] = (float) Math.clamp(point[i] + length * update[i], 0, 1);
    }
    if (Arrays.equals(next, point)) {
      return toBoundary(point, step + 1);
    }
    return Inquiry.one(
        next,
        reached -> reached ? toBoundary(next, step + 1) : hop(point, update, length / 2, step));
  }
}
