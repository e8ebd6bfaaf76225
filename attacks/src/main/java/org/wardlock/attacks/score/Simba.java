package org.wardlock.attacks.score;

import org.wardlock.attacks.Attack;
import org.wardlock.attacks.AttackPurpose;
import org.wardlock.attacks.Candidates;
import org.wardlock.attacks.Loss;
import org.wardlock.attacks.Norm;
import org.wardlock.attacks.Oracle;
import org.wardlock.attacks.Passes;
import org.wardlock.attacks.Rational;
import org.wardlock.attacks.Task;
import org.wardlock.attacks.Threat;
import org.wardlock.attacks.ball.LinfBounds;
import org.wardlock.attacks.ball.PictureGeometry;
import org.wardlock.tensor.Philox;
import org.wardlock.tensor.Scope;

/**
 * SimBA (Guo et al. 2019) on pixels: one value after the other in random order, up a step, and if
 * that does not help down a step; what lowers the label's probability stays. In Linf a step goes to
 * the end of what is permitted.
 *
 * @param queries after the first one, at least 0; it ends sooner where every value has been tried
 * @param step in L2 and L1, the size of a step: 0.2 as published
 */
public record Simba(int queries, Rational step) implements Attack {
  /** Checks the settings. */
  public Simba {
    if (queries < 0) {
      throw new IllegalArgumentException("simba: " + queries + " queries, expected at least 0");
    }
    if (step.compareTo(Rational.ZERO) <= 0) {
      throw new IllegalArgumentException("simba: step " + step + ", expected more than 0");
    }
  }

  /** 5,000 queries. */
  public Simba() {
    this(5000, Rational.of(1, 5));
  }

  /** With another number of queries. */
  public Simba queries(int newQueries) {
    return new Simba(newQueries, step);
  }

  @Override
  public String name() {
    return "simba";
  }

  @Override
  public Passes cost(Norm norm, int classes) {
    return new Passes(queries + 1L, 0);
  }

  @Override
  public Candidates search(Oracle oracle, Task task) {
    ScoreSearch search = new ScoreSearch(Loss.CROSS_ENTROPY, oracle, task);
    try (Scope _ = Scope.open(name())) {
      search.run(
          (clean, stream) ->
              new PixelMoves(
                  task.threat(),
                  clean,
                  new Philox(task.seed(), AttackPurpose.SIMBA_ORDER.number(), stream)),
          0,
          queries);
    }
    return search.candidates();
  }

  /** Values in random order, each up and, if that does not help, down. */
  private final class PixelMoves implements Moves {
    private final Threat threat;
    private final float[] clean;
    private final int[] order;
    private int place;
    private boolean down;
    private boolean started;

    PixelMoves(Threat threat, float[] clean, Philox random) {
      this.threat = threat;
      this.clean = clean;
      order = new int[clean.length];
      for (int i = 0; i < order.length; i++) {
        int other = random.below(i + 1, i);
        order[i] = order[other];
        order[other] = i;
      }
    }

    @Override
    public float[] start() {
      return clean.clone();
    }

    @Override
    public float[] propose(float[] best, int query) {
      float[] image = best.clone();
      int i = order[place];
      if (threat.norm() == Norm.LINF) {
        image[i] =
            down
                ? LinfBounds.low(clean[i], threat.radius())
                : LinfBounds.high(clean[i], threat.radius());
        return image;
      }
      float length = (float) step.toDouble();
      image[i] = Math.clamp(image[i] + (down ? -length : length), 0f, 1f);
      PictureGeometry.of(threat).project(clean, image);
      return image;
    }

    @Override
    public void hear(boolean isBest) {
      if (!started) {
        started = true;
        return;
      }
      if (isBest || down) {
        place++;
        down = false;
      } else {
        down = true;
      }
    }

    @Override
    public boolean isExhausted() {
      return place == order.length;
    }
  }
}
