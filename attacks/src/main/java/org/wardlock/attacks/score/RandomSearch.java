package org.wardlock.attacks.score;

import org.wardlock.attacks.Attack;
import org.wardlock.attacks.AttackPurpose;
import org.wardlock.attacks.Candidates;
import org.wardlock.attacks.Loss;
import org.wardlock.attacks.Norm;
import org.wardlock.attacks.Oracle;
import org.wardlock.attacks.Passes;
import org.wardlock.attacks.Rows;
import org.wardlock.attacks.Task;
import org.wardlock.attacks.ball.Ball;
import org.wardlock.tensor.Scope;

/**
 * Random points of the ball, as far out as it reaches: what any attack must beat (Carlini et al.
 * 2019 ask for ten thousand).
 *
 * @param trials points for each picture, from 1 to 2^30
 */
public record RandomSearch(int trials) implements Attack {
  private static final int MOST = 1 << 30;

  /** Checks the settings. */
  public RandomSearch {
    if (trials < 1 || trials > MOST) {
      throw new IllegalArgumentException("random: " + trials + " trials, expected 1 to " + MOST);
    }
  }

  @Override
  public String name() {
    return "random";
  }

  @Override
  public Passes cost(Norm norm, int classes) {
    return new Passes(trials, 0);
  }

  @Override
  public Candidates search(Oracle oracle, Task task) {
    ScoreSearch search = new ScoreSearch(Loss.MARGIN, oracle, task);
    try (Scope _ = Scope.open(name())) {
      search.run((clean, stream) -> new Points(task, clean, stream), 0, trials - 1);
    }
    return search.candidates();
  }

  /** Points that know nothing of each other. */
  private record Points(Task task, float[] clean, long stream) implements Moves {
    @Override
    public float[] start() {
      return point(0);
    }

    @Override
    public float[] propose(float[] best, int query) {
      return point(query + 1);
    }

    private float[] point(int trial) {
      try (Scope _ = Scope.open("point")) {
        var shape = task.pictures().images().shape().without(0);
        var one = Rows.toDevice(task.pictures().images().device(), shape, new float[][] {clean});
        long number = (long) trial << Integer.SIZE | stream;
        return Ball.around(one, task.threat())
            .randomRim(task.seed(), AttackPurpose.RANDOM_POINTS, number)
            .toFloats();
      }
    }
  }
}
