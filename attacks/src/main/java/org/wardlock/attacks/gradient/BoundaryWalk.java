package org.wardlock.attacks.gradient;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.wardlock.attacks.AttackPurpose;
import org.wardlock.attacks.Effort;
import org.wardlock.attacks.Mode;
import org.wardlock.attacks.Norm;
import org.wardlock.attacks.Oracle;
import org.wardlock.attacks.Response;
import org.wardlock.attacks.Rows;
import org.wardlock.attacks.SmallestChanges;
import org.wardlock.attacks.Task;
import org.wardlock.attacks.ball.Hyperplane;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;
import org.wardlock.tensor.spi.Distribution;

/** FAB's way along the boundary, from one start, for as many pictures as still stand. */
final class BoundaryWalk {
  private static final double MOST_TOWARDS_CLEAN = 0.1;
  private static final double BEYOND = 1.05;
  private static final double BACK = 0.9;
  private static final double TINY = 1e-12;
  private static final double SHORTEST = 1e-8;

  private final Fab fab;
  private final Oracle oracle;
  private final Task task;
  private final SmallestChanges found;
  private final Boundaries boundaries;

  BoundaryWalk(Fab fab, Oracle oracle, Task task, SmallestChanges found) {
    this.fab = fab;
    this.oracle = oracle;
    this.task = task;
    this.found = found;
    this.boundaries = new Boundaries(oracle, task);
  }

  /**
   * Walks from a start.
   *
   * @param goals for each row of the task, the classes whose boundaries to look at
   */
  void run(int[][] goals, int restart, int run, int... startRows) {
    int[] rows = startRows;
    float[][] points = starts(restart, run, rows);
    for (int i = 0; i < fab.iterations() && rows.length > 0; i++) {
      Boundaries.Linear[] nearest = boundaries.nearest(goals, points, rows);
      for (int k = 0; k < rows.length; k++) {
        points[k] = next(found.clean(rows[k]), points[k], nearest[k]);
      }
      int[] going = check(points, rows);
      float[][] left = points;
      points = Arrays.stream(going).mapToObj(k -> left[k]).toArray(float[][]::new);
      rows = Rows.pick(rows, going);
    }
  }

  private float[][] starts(int restart, int run, int... rows) {
    float[][] points = new float[rows.length][];
    Arrays.setAll(points, k -> found.clean(rows[k]).clone());
    if (restart == 0) {
      return points;
    }
    int stream = ClassTargets.start(restart, run, fab.targets(), oracle.classes());
    float[][] noise = noise(RandomStreams.of(task.pictures(), stream, rows));
    double radius = task.threat().radius().toDouble();
    for (int k = 0; k < rows.length; k++) {
      double length = 0.5 * Math.min(found.smallest(rows[k]), radius);
      double norm = found.norm().distance(new float[noise[k].length], noise[k]);
      for (int i = 0; i < points[k].length; i++) {
        double moved = points[k][i] + length * noise[k][i] / Math.max(norm, TINY);
        points[k][i] = (float) Math.clamp(moved, 0, 1);
      }
    }
    return points;
  }

  private float[][] noise(long... streams) {
    boolean uniform = found.norm() == Norm.LINF;
    try (Scope _ = Scope.open("start")) {
      Tensor wanted =
          Tensor.ofLongs(task.pictures().images().device(), Shape.of(streams.length), streams);
      Tensor drawn =
          Tensor.random(
              uniform ? Distribution.UNIFORM : Distribution.NORMAL,
              task.seed(),
              AttackPurpose.FAB_START.number(),
              wanted,
              found.clean(0).length);
      return Rows.toHost(uniform ? drawn.affine(2, -1) : drawn);
    }
  }

  /** The step to the boundary, drawn towards the boundary's point nearest to the clean picture. */
  private float[] next(float[] clean, float[] point, Boundaries.Linear boundary) {
    double[] slope = boundary.slope();
    double fromClean = boundary.gap();
    for (int i = 0; i < point.length; i++) {
      fromClean += slope[i] * ((double) point[i] - clean[i]);
    }
    double[] step = Hyperplane.reach(found.norm(), point, slope, boundary.gap());
    double[] cleanStep = Hyperplane.reach(found.norm(), clean, slope, fromClean);
    double length = Math.max(Lengths.of(found.norm(), step), SHORTEST);
    double cleanLength = Math.max(Lengths.of(found.norm(), cleanStep), SHORTEST);
    double share = Math.min(length / (length + cleanLength), MOST_TOWARDS_CLEAN);
    float[] next = new float[point.length];
    for (int i = 0; i < next.length; i++) {
      double moved =
          (point[i] + BEYOND * step[i]) * (1 - share) + (clean[i] + BEYOND * cleanStep[i]) * share;
      next[i] = (float) Math.clamp(moved, 0, 1);
    }
    return next;
  }

  /** Takes down what is wrong now, and draws it back; returns the positions to go on with. */
  private int[] check(float[][] points, int... rows) {
    Response answer;
    try (Scope _ = Scope.open("check")) {
      answer = oracle.ask(boundaries.upload(points), rows);
    }
    boolean[] done = new boolean[rows.length];
    boolean stops = fab.mode() == Mode.STRICT && task.effort() == Effort.UNTIL_BROKEN;
    for (int k = 0; k < rows.length; k++) {
      if (task.pictures().isReached(rows[k], answer.prediction(k))) {
        found.offer(rows[k], points[k]);
        done[k] = stops && found.isReached(rows[k]);
        float[] clean = found.clean(rows[k]);
        for (int i = 0; i < clean.length; i++) {
          points[k][i] = (float) (clean[i] + BACK * ((double) points[k][i] - clean[i]));
        }
      }
    }
    return IntStream.range(0, rows.length).filter(k -> !done[k]).toArray();
  }
}
