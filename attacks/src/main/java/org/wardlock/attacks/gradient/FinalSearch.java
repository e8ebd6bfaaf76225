package org.wardlock.attacks.gradient;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.wardlock.attacks.Effort;
import org.wardlock.attacks.Loss;
import org.wardlock.attacks.Oracle;
import org.wardlock.attacks.Response;
import org.wardlock.attacks.SmallestChanges;
import org.wardlock.attacks.Task;
import org.wardlock.tensor.Scope;

/**
 * Draws what was found towards the clean picture, as far as the answer stays wrong: where the
 * margin between the two would be 0 if it were straight (regula falsi), and a little beyond.
 */
final class FinalSearch {
  /** Beyond the boundary, as a share of the way: more than rounding takes back. */
  private static final double BEYOND = 2e-6;

  private final Oracle oracle;
  private final Task task;
  private final SmallestChanges found;
  private final Boundaries boundaries;

  FinalSearch(Oracle oracle, Task task, SmallestChanges found) {
    this.oracle = oracle;
    this.task = task;
    this.found = found;
    this.boundaries = new Boundaries(oracle, task);
  }

  /** The way from a clean picture to a wrong answer: shares of it, and margins there. */
  private static final class Way {
    private final int row;
    private final float[] clean;
    private final float[] far;
    private double rightShare;
    private double rightMargin;
    private double wrongShare = 1;
    private double wrongMargin;

    Way(int row, float[] clean, float[] far, double cleanMargin) {
      this.row = row;
      this.clean = clean;
      this.far = far;
      this.rightMargin = cleanMargin;
    }

    double next() {
      double between = -rightMargin / (wrongMargin - rightMargin);
      double share = rightShare + between * (wrongShare - rightShare);
      return Math.min(share * (1 + BEYOND), wrongShare);
    }

    float[] point(double share) {
      float[] point = new float[clean.length];
      for (int i = 0; i < point.length; i++) {
        point[i] = (float) (clean[i] + share * ((double) far[i] - clean[i]));
      }
      return point;
    }

    void hear(double share, boolean isWrong, double margin) {
      if (isWrong) {
        wrongShare = share;
        wrongMargin = margin;
      } else {
        rightShare = share;
        rightMargin = margin;
      }
    }
  }

  /**
   * Searches.
   *
   * @param passes for each picture; the first looks at what was found once more
   */
  void run(int passes) {
    if (passes == 0) {
      return;
    }
    double[][] clean = oracle.cleanLogits(task.pictures());
    Way[] ways =
        IntStream.range(0, task.pictures().count())
            .filter(row -> Double.isFinite(found.smallest(row)) && goesOn(row))
            .mapToObj(
                row -> new Way(row, found.clean(row), found.image(row), margin(clean[row], row)))
            .toArray(Way[]::new);
    for (int pass = 0; pass < passes && ways.length > 0; pass++) {
      ask(pass == 0, ways);
      ways = Arrays.stream(ways).filter(way -> goesOn(way.row)).toArray(Way[]::new);
    }
  }

  private boolean goesOn(int row) {
    return task.effort() == Effort.TO_THE_END || !found.isReached(row);
  }

  private double margin(double[] logits, int row) {
    return Loss.MARGIN.of(task.pictures(), row, logits).value();
  }

  private void ask(boolean first, Way... ways) {
    double[] shares = Arrays.stream(ways).mapToDouble(way -> first ? 1 : way.next()).toArray();
    float[][] points = new float[ways.length][];
    Arrays.setAll(points, k -> first ? ways[k].far : ways[k].point(shares[k]));
    int[] rows = Arrays.stream(ways).mapToInt(way -> way.row).toArray();
    Response answer;
    try (Scope _ = Scope.open("final search")) {
      answer = oracle.ask(boundaries.upload(points), rows);
    }
    for (int k = 0; k < ways.length; k++) {
      boolean isWrong = task.pictures().isReached(rows[k], answer.prediction(k));
      if (isWrong) {
        found.offer(rows[k], points[k]);
      }
      ways[k].hear(shares[k], isWrong, margin(answer.logits(k), rows[k]));
    }
  }
}
