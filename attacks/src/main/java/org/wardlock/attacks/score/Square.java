package org.wardlock.attacks.score;

import org.wardlock.attacks.Attack;
import org.wardlock.attacks.Candidates;
import org.wardlock.attacks.Loss;
import org.wardlock.attacks.Mode;
import org.wardlock.attacks.Norm;
import org.wardlock.attacks.Oracle;
import org.wardlock.attacks.Passes;
import org.wardlock.attacks.Task;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;

/**
 * The Square attack (Andriushchenko et al. 2020), in AutoAttack's form: random changes of square
 * windows that shrink as queries go by; each is kept if the margin of the wrong answers has grown.
 * It sees logits alone, so it also works where gradients mislead.
 *
 * <p>In Linf it starts from vertical stripes, and a window moves each channel to the end of what is
 * permitted. In L2 (and, with magnitudes in place of squares, in L1) it starts from smooth tiles,
 * and takes what one window may change from another.
 *
 * @param queries after the first one, at least 0
 * @param restarts how many starts, from 1 to 65536; start r is the same however many follow
 * @param mode {@code STRICT} gives every picture windows of its own, up to the last row and column;
 *     {@code COMPAT} moves the same windows in all pictures, and never the last row or column
 *     unless the window before reaches it
 */
public record Square(int queries, int restarts, Mode mode) implements Attack {
  private static final int MOST_RESTARTS = 1 << 16;

  /** Checks the settings. */
  public Square {
    if (queries < 0) {
      throw new IllegalArgumentException("square: " + queries + " queries, expected at least 0");
    }
    if (restarts < 1 || restarts > MOST_RESTARTS) {
      throw new IllegalArgumentException(
          "square: " + restarts + " restarts, expected 1 to " + MOST_RESTARTS);
    }
  }

  /** 5,000 queries from one start. */
  public Square() {
    this(5000, 1, Mode.STRICT);
  }

  /** With another number of queries. */
  public Square queries(int newQueries) {
    return new Square(newQueries, restarts, mode);
  }

  /** With another number of starts. */
  public Square restarts(int newRestarts) {
    return new Square(queries, newRestarts, mode);
  }

  /** In another mode. */
  public Square mode(Mode newMode) {
    return new Square(queries, restarts, newMode);
  }

  @Override
  public String name() {
    return "square";
  }

  @Override
  public Passes cost(Norm norm, int classes) {
    return new Passes(queries + 1L, 0).times(restarts);
  }

  @Override
  public Candidates search(Oracle oracle, Task task) {
    ScoreSearch search = new ScoreSearch(Loss.MARGIN, oracle, task);
    try (Scope _ = Scope.open(name())) {
      for (int restart = 0; restart < restarts; restart++) {
        search.run((clean, stream) -> moves(task, clean, stream), restart, queries);
      }
    }
    return search.candidates();
  }

  /** The moves for a picture. */
  Moves moves(Task task, float[] clean, long stream) {
    Shape shape = task.pictures().images().shape().without(0);
    // without the picture's id, which is the lower half
    long steps = mode == Mode.COMPAT ? stream & ~0xFFFF_FFFFL : stream;
    SquareRandom random = new SquareRandom(task.seed(), stream, steps, mode);
    return task.threat().norm() == Norm.LINF
        ? new LinfMoves(task.threat().radius(), shape, clean, random)
        : new SmoothMoves(task.threat(), shape, clean, random);
  }
}
