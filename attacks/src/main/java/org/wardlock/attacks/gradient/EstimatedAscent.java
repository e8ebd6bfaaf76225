package org.wardlock.attacks.gradient;

import java.util.stream.IntStream;
import org.wardlock.attacks.Attack;
import org.wardlock.attacks.Candidates;
import org.wardlock.attacks.Effort;
import org.wardlock.attacks.Loss;
import org.wardlock.attacks.Norm;
import org.wardlock.attacks.Oracle;
import org.wardlock.attacks.Passes;
import org.wardlock.attacks.Response;
import org.wardlock.attacks.Rows;
import org.wardlock.attacks.Task;
import org.wardlock.attacks.ball.Ball;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Tensor;

/**
 * Ascent by gradients that are estimated from scores: NES (Ilyas et al. 2018), normal directions
 * and steps of one size along the steepest way, and SPSA (Uesato et al. 2018), directions of signs
 * and Adam's steps. From the clean picture; the margin is climbed, and the best point asked about
 * counts.
 *
 * @param kind which of the two
 * @param pairs of queries for each estimate, at least 1
 * @param iterations steps, at least 1; estimates of all steps together at most 2^31 - 1
 */
public record EstimatedAscent(Kind kind, int pairs, int iterations) implements Attack {
  private static final double NES_DISTANCE = 0.001;
  private static final double SPSA_DISTANCE = 0.01;
  private static final float SPSA_RATE = 0.01f;
  private static final float FIRST_DECAY = 0.9f;
  private static final float SECOND_DECAY = 0.999f;
  private static final float TINY = 1e-8f;
  private static final double STEPS_ACROSS = 2.5;

  /** Which of the two. */
  public enum Kind {
    NES,
    SPSA
  }

  /** Checks the settings. */
  public EstimatedAscent {
    if (pairs < 1 || iterations < 1 || (long) pairs * iterations > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "%s: %d pairs and %d iterations, expected at least 1 and no more than 2^31-1 in all"
              .formatted(kind, pairs, iterations));
    }
  }

  /** NES: 50 pairs for each of 50 steps. */
  public static EstimatedAscent nes() {
    return new EstimatedAscent(Kind.NES, 50, 50);
  }

  /** SPSA: 128 pairs for each of 40 steps. */
  public static EstimatedAscent spsa() {
    return new EstimatedAscent(Kind.SPSA, 128, 40);
  }

  /** With another number of steps. */
  public EstimatedAscent iterations(int newIterations) {
    return new EstimatedAscent(kind, pairs, newIterations);
  }

  /** With another number of pairs. */
  public EstimatedAscent pairs(int newPairs) {
    return new EstimatedAscent(kind, newPairs, iterations);
  }

  /** {@code nes} or {@code spsa}. */
  @Override
  public String name() {
    return kind == Kind.NES ? "nes" : "spsa";
  }

  @Override
  public Passes cost(Norm norm, int classes) {
    return new Passes(iterations * (2L * pairs + 1) + 1, 0);
  }

  @Override
  public Candidates search(Oracle oracle, Task task) {
    BestIterates best = new BestIterates(task.pictures().images());
    try (Scope _ = Scope.open(name())) {
      climb(oracle, oracle.thorough(task), best);
    }
    return best.candidates();
  }

  /** What is carried from step to step, a row a picture. */
  private record State(int[] rows, Ball ball, Tensor x, Tensor first, Tensor second) {
    State select(int... positions) {
      return new State(
          Rows.pick(rows, positions),
          ball.select(positions),
          Rows.gather(x, positions),
          Rows.gather(first, positions),
          Rows.gather(second, positions));
    }

    void keep() {
      ball.keep();
      x.keep();
      first.keep();
      second.keep();
    }

    void release() {
      ball.release();
      x.release();
      first.release();
      second.release();
    }
  }

  private void climb(Oracle oracle, Task task, BestIterates best) {
    Tensor clean = task.pictures().images();
    State state =
        new State(
            Rows.all(task.pictures().count()),
            Ball.around(clean, task.threat()),
            clean.detach(),
            clean.multiply(0),
            clean.multiply(0));
    for (int step = 0; step <= iterations && state.rows().length > 0; step++) {
      State before = state;
      try (Scope _ = Scope.open("step")) {
        state = state.select(consider(oracle, task, best, state));
        if (step < iterations && state.rows().length > 0) {
          state = moved(oracle, task, state, step);
        }
        state.keep();
      }
      before.release();
    }
  }

  private static int[] consider(Oracle oracle, Task task, BestIterates best, State state) {
    Response answer = oracle.ask(state.x(), state.rows());
    boolean[] reached = new boolean[answer.count()];
    for (int i = 0; i < reached.length; i++) {
      int row = answer.row(i);
      reached[i] = task.pictures().isReached(row, answer.prediction(i));
      double loss = Loss.MARGIN.of(task.pictures(), row, answer.logits(i)).value();
      best.offer(row, reached[i], loss, state.x(), i);
    }
    boolean toTheEnd = task.effort() == Effort.TO_THE_END;
    return IntStream.range(0, reached.length).filter(i -> toTheEnd || !reached[i]).toArray();
  }

  private State moved(Oracle oracle, Task task, State state, int step) {
    boolean nes = kind == Kind.NES;
    EstimatedGradient estimate =
        nes
            ? new EstimatedGradient(EstimatedGradient.Directions.NORMAL, pairs, NES_DISTANCE)
            : new EstimatedGradient(EstimatedGradient.Directions.SIGNS, pairs, SPSA_DISTANCE);
    Tensor gradient = estimate.at(oracle, task, state.x(), step, state.rows());
    if (nes) {
      float size =
          Math.nextUp((float) (STEPS_ACROSS * task.threat().radius().toDouble() / iterations));
      Tensor direction = SteepestAscent.direction(task.threat().norm(), gradient, _ -> 0.99);
      Tensor x = state.ball().project(state.x().add(direction.multiply(size)));
      return new State(state.rows(), state.ball(), x, state.first(), state.second());
    }
    Tensor first = state.first().multiply(FIRST_DECAY).add(gradient.multiply(1 - FIRST_DECAY));
    Tensor second =
        state.second().multiply(SECOND_DECAY).add(gradient.square().multiply(1 - SECOND_DECAY));
    float firstScale = (float) (1 / (1 - Math.pow(FIRST_DECAY, step + 1.0)));
    float secondScale = (float) (1 / (1 - Math.pow(SECOND_DECAY, step + 1.0)));
    Tensor change =
        first
            .multiply(SPSA_RATE * firstScale)
            .divide(second.multiply(secondScale).sqrt().add(TINY));
    return new State(
        state.rows(), state.ball(), state.ball().project(state.x().add(change)), first, second);
  }
}
