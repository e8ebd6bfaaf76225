package org.wardlock.attacks.gradient;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;
import org.wardlock.attacks.Mode;
import org.wardlock.attacks.Norm;
import org.wardlock.attacks.Rows;
import org.wardlock.attacks.Threat;
import org.wardlock.attacks.ball.Ball;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/**
 * Where an ascent of APGD stands: a row for each picture that it goes on with. Tensors belong to
 * the scope that was current when they were made, until {@link #keep()}.
 */
final class Climb {
  private final int[] rows;
  private final Ball ball;
  private Tensor x;
  private Tensor previous;
  private Tensor best;
  private Tensor gradient;
  private Tensor bestGradient;
  private final StepControl[] controls;
  private final double[] bestLosses;

  private Climb(Ball ball, Tensor x, StepControl[] controls, double[] bestLosses, int... rows) {
    this.rows = rows;
    this.ball = ball;
    this.x = x;
    this.previous = x.detach();
    this.best = x.detach();
    this.gradient = x.detach();
    this.bestGradient = x.detach();
    this.controls = controls;
    this.bestLosses = bestLosses;
  }

  /**
   * Before the first step.
   *
   * @param rows of the task that the points belong to
   */
  static Climb start(Ball ball, Tensor start, int... rows) {
    double[] none = new double[rows.length];
    Arrays.fill(none, Double.NEGATIVE_INFINITY);
    return new Climb(
        ball.select(Rows.all(rows.length)),
        start.detach(),
        new StepControl[rows.length],
        none,
        rows);
  }

  int[] rows() {
    return rows;
  }

  Tensor x() {
    return x;
  }

  Tensor best() {
    return best;
  }

  /** The same for some of the pictures. */
  Climb select(int... positions) {
    Climb selected =
        new Climb(
            ball.select(positions),
            Rows.gather(x, positions),
            Arrays.stream(positions).mapToObj(i -> controls[i]).toArray(StepControl[]::new),
            Arrays.stream(positions).mapToDouble(i -> bestLosses[i]).toArray(),
            Rows.pick(rows, positions));
    selected.previous = Rows.gather(previous, positions);
    selected.best = Rows.gather(best, positions);
    selected.bestGradient = Rows.gather(bestGradient, positions);
    return selected;
  }

  /** Chooses how steps adapt, now that the point of the start is known. */
  void begin(Threat within, Mode mode) {
    double radius = within.radius().toDouble();
    if (within.norm() != Norm.L1) {
      Arrays.setAll(controls, i -> new HalvingStep(radius, mode));
      return;
    }
    int[] changed = ball.changedValues(x);
    int values = Math.toIntExact(x.shape().without(0).count());
    Arrays.setAll(controls, i -> new SparseStep(radius, values, changed[i]));
  }

  /** Takes the losses and gradients at the points, and keeps the points that are the best yet. */
  void observe(double[] found, Optional<Tensor> slope) {
    boolean[] improved = new boolean[found.length];
    for (int i = 0; i < found.length; i++) {
      controls[i].observe(found[i]);
      improved[i] = found[i] > bestLosses[i];
      bestLosses[i] = improved[i] ? found[i] : bestLosses[i];
    }
    best = choose(improved, x, best);
    if (slope.isPresent()) {
      gradient = slope.get();
      bestGradient = choose(improved, gradient, bestGradient);
    }
  }

  /** Goes back to the best points where that is due. */
  void lookBack(boolean countsChanges) {
    int[] changed = countsChanges ? ball.changedValues(best) : new int[rows.length];
    boolean[] back = new boolean[rows.length];
    for (int i = 0; i < back.length; i++) {
      back[i] = controls[i].lookBack(bestLosses[i], changed[i]);
    }
    x = choose(back, best, x);
    gradient = choose(back, bestGradient, gradient);
  }

  /**
   * Steps on.
   *
   * @param share of the step in what is gone; the rest goes on as before
   */
  void move(Norm norm, float share) {
    Tensor direction = SteepestAscent.direction(norm, gradient, i -> controls[i].sparsity());
    Tensor lengths = column(i -> (float) controls[i].length());
    Tensor target = ball.project(direction.multiplyAdd(lengths, x));
    Tensor next =
        share == 1
            ? target
            : ball.project(
                target
                    .subtract(x)
                    .multiply(share)
                    .add(x)
                    .add(x.subtract(previous).multiply(1 - share)));
    previous = x;
    x = next;
  }

  private interface RowValue {
    float of(int row);
  }

  private Tensor column(RowValue value) {
    float[] values = new float[rows.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = value.of(i);
    }
    return Tensor.of(x.device(), Shape.of(values.length, 1, 1, 1), values);
  }

  /** Rows of one tensor where a choice says so, of another elsewhere. */
  private Tensor choose(boolean[] choice, Tensor yes, Tensor no) {
    long count = IntStream.range(0, choice.length).filter(i -> choice[i]).count();
    if (count == 0 || count == choice.length) {
      return (count == 0 ? no : yes).detach();
    }
    return column(i -> choice[i] ? 1 : 0).where(yes, no);
  }

  /** Offers the best points as what was found where nothing has succeeded. */
  void offer(BestIterates target) {
    for (int i = 0; i < rows.length; i++) {
      target.offer(rows[i], false, bestLosses[i], best, i);
    }
  }

  /** Hands the memory from the current scope to the enclosing one. */
  void keep() {
    ball.keep();
    for (Tensor tensor : tensors()) {
      tensor.keep();
    }
  }

  /** Gives the memory up. */
  void release() {
    ball.release();
    for (Tensor tensor : tensors()) {
      tensor.release();
    }
  }

  private Tensor[] tensors() {
    return new Tensor[] {x, previous, best, bestGradient};
  }
}
