package org.wardlock.attacks.gradient;

import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.wardlock.attacks.Effort;
import org.wardlock.attacks.Loss;
import org.wardlock.attacks.MeanLoss;
import org.wardlock.attacks.Mode;
import org.wardlock.attacks.Norm;
import org.wardlock.attacks.Oracle;
import org.wardlock.attacks.Response;
import org.wardlock.attacks.Rows;
import org.wardlock.attacks.Task;
import org.wardlock.attacks.Threat;
import org.wardlock.attacks.ball.Ball;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Tensor;

/** One climb of {@link Apgd} from a start, for as many pictures as still stand. */
final class Ascender {
  private static final float STEP_SHARE = 0.75f;

  private final Oracle oracle;
  private final Task task;
  private final BestIterates best;
  private final Loss loss;
  private final Optional<int[]> goals;
  private final Mode mode;

  /**
   * @param goals for each row of the task, the class to lead to
   */
  Ascender(
      Oracle oracle, Task task, BestIterates best, Loss loss, Optional<int[]> goals, Mode mode) {
    this.oracle = oracle;
    this.task = task;
    this.best = best;
    this.loss = loss;
    this.goals = goals;
    this.mode = mode;
  }

  /**
   * Climbs within a ball.
   *
   * @param within what the ball permits
   * @param start a point of the ball for each row
   * @param counts whether what is found counts as success; if not, no picture is left out
   * @return the points of highest loss of the pictures that are left, in the current scope
   */
  Tensor climb(
      Ball ball, Threat within, Tensor start, int iterations, boolean counts, int... startRows) {
    boolean sparse = within.norm() == Norm.L1;
    int[] looks = sparse ? Checkpoints.ofSparseSteps(iterations) : Checkpoints.of(iterations);
    Climb climb = Climb.start(ball, start, startRows);
    for (int step = 0; step <= iterations; step++) {
      boolean last = step == iterations;
      Climb before = climb;
      try (Scope _ = Scope.open("step")) {
        boolean asksGradient = !last || mode == Mode.COMPAT;
        Response answer =
            asksGradient
                ? oracle.askForGradient(climb.x(), climb.rows())
                : oracle.ask(climb.x(), climb.rows());
        MeanLoss[] losses = losses(answer);
        int[] going = counts ? consider(answer, losses, climb.x()) : Rows.all(answer.count());
        Optional<Tensor> gradient =
            asksGradient && going.length > 0
                ? Optional.of(answer.meanGradient(going, i -> losses[i].directions()))
                : Optional.empty();
        climb = climb.select(going);
        if (step == 0) {
          climb.begin(within, mode);
        }
        climb.observe(Arrays.stream(going).mapToDouble(i -> losses[i].value()).toArray(), gradient);
        if (!last && going.length > 0) {
          if (Arrays.binarySearch(looks, step) >= 0) {
            climb.lookBack(sparse);
          }
          climb.move(within.norm(), step == 0 || sparse ? 1 : STEP_SHARE);
        }
        climb.keep();
      }
      before.release();
      if (climb.rows().length == 0) {
        break;
      }
    }
    if (counts) {
      climb.offer(best);
    }
    return climb.best();
  }

  private MeanLoss[] losses(Response answer) {
    MeanLoss[] losses = new MeanLoss[answer.count()];
    for (int i = 0; i < losses.length; i++) {
      int row = answer.row(i);
      OptionalInt goal =
          goals.map(classes -> OptionalInt.of(classes[row])).orElse(OptionalInt.empty());
      int label = task.pictures().labels()[row];
      losses[i] = answer.loss(i, logits -> loss.of(logits, label, goal));
    }
    return losses;
  }

  /** Takes down what is broken; returns the positions to go on with. */
  private int[] consider(Response answer, MeanLoss[] losses, Tensor x) {
    boolean latest = mode == Mode.COMPAT && task.effort() == Effort.UNTIL_BROKEN;
    boolean[] reached = new boolean[answer.count()];
    for (int i = 0; i < reached.length; i++) {
      int row = answer.row(i);
      reached[i] = task.pictures().isReached(row, answer.prediction(i));
      if (reached[i] && latest) {
        best.replace(row, losses[i].value(), x, i);
      } else if (reached[i]) {
        best.offer(row, true, losses[i].value(), x, i);
      }
    }
    boolean goesOn = mode == Mode.COMPAT || task.effort() == Effort.TO_THE_END;
    return IntStream.range(0, reached.length).filter(i -> goesOn || !reached[i]).toArray();
  }
}
