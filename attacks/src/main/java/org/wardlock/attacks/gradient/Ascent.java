package org.wardlock.attacks.gradient;

import java.util.stream.IntStream;
import org.wardlock.attacks.AttackPurpose;
import org.wardlock.attacks.Effort;
import org.wardlock.attacks.LossValue;
import org.wardlock.attacks.Oracle;
import org.wardlock.attacks.Pictures;
import org.wardlock.attacks.Response;
import org.wardlock.attacks.Rows;
import org.wardlock.attacks.Task;
import org.wardlock.attacks.ball.Ball;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Tensor;

/** From one start up the loss: an iteration of PGD for as many pictures as still stand. */
final class Ascent {
  private final Pgd pgd;
  private final Oracle oracle;
  private final Task task;
  private final BestIterates best;
  private final boolean startsCount;
  private final float step;

  /**
   * Prepares for any number of starts.
   *
   * @param best takes the iterates
   * @param startsCount whether a start that is climbed from is one of them
   */
  Ascent(Pgd pgd, Oracle oracle, Task task, BestIterates best, boolean startsCount) {
    this.pgd = pgd;
    this.oracle = oracle;
    this.task = task;
    this.best = best;
    this.startsCount = startsCount;
    this.step = pgd.step(task.threat());
  }

  /**
   * Climbs from the start that belongs to a restart.
   *
   * @param around all pictures of the task
   * @param startRows the pictures to attack
   */
  void run(Ball around, int restart, int... startRows) {
    int[] rows = startRows;
    try (Scope _ = Scope.open("start " + restart)) {
      Ball ball = around.select(rows);
      Tensor x = start(ball, restart, rows);
      for (int i = 0; i < pgd.iterations(); i++) {
        Tensor before = x;
        try (Scope _ = Scope.open("iteration")) {
          Response answer = oracle.askForGradient(x, rows);
          LossValue[] losses = consider(answer, x, i > 0 || startsCount);
          int[] going = going(answer);
          if (going.length == 0) {
            return;
          }
          Tensor gradient = answer.gradient(going, position -> losses[position].direction());
          if (going.length < rows.length) {
            rows = Rows.pick(rows, going);
            ball = narrowed(ball, going);
          }
          Tensor direction =
              SteepestAscent.direction(task.threat().norm(), gradient, _ -> pgd.sparsity());
          x = ball.project(Rows.gather(x, going).add(direction.multiply(step))).keep();
        }
        before.release();
      }
      consider(oracle.ask(x, rows), x, true);
    }
  }

  private Tensor start(Ball ball, int restart, int... rows) {
    Pictures pictures = task.pictures();
    return pgd.randomStart()
        ? ball.randomPoints(
            task.seed(), AttackPurpose.PGD_START, RandomStreams.of(pictures, restart, rows))
        : Rows.gather(pictures.images(), rows);
  }

  private static Ball narrowed(Ball ball, int... positions) {
    Ball narrow = ball.select(positions).keep();
    ball.release();
    return narrow;
  }

  /**
   * Keeps the iterates that are the best of their pictures so far; returns their losses.
   *
   * @param all also those that are climbed on from
   */
  private LossValue[] consider(Response answer, Tensor x, boolean all) {
    LossValue[] losses = new LossValue[answer.count()];
    for (int i = 0; i < losses.length; i++) {
      int row = answer.row(i);
      losses[i] = loss(answer.logits(i), row);
      boolean reached = task.pictures().isReached(row, answer.prediction(i));
      if (all || !goesOn(answer, i)) {
        best.offer(row, reached, losses[i].value(), x, i);
      }
    }
    return losses;
  }

  private LossValue loss(double[] logits, int row) {
    return pgd.loss().of(task.pictures(), row, logits);
  }

  /** The positions of the pictures to go on with. */
  private int[] going(Response answer) {
    return IntStream.range(0, answer.count()).filter(i -> goesOn(answer, i)).toArray();
  }

  private boolean goesOn(Response answer, int position) {
    return task.effort() == Effort.TO_THE_END
        || !task.pictures().isReached(answer.row(position), answer.prediction(position));
  }
}
