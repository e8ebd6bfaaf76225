package org.wardlock.attacks.evaluation;

import java.time.Duration;
import java.util.OptionalInt;
import java.util.function.IntFunction;
import org.wardlock.attacks.Loss;
import org.wardlock.attacks.Oracle;
import org.wardlock.attacks.Passes;
import org.wardlock.attacks.Pictures;
import org.wardlock.attacks.Response;
import org.wardlock.attacks.Rows;
import org.wardlock.nn.Classifier;
import org.wardlock.tensor.Scope;

/**
 * How long passes take, measured: what a run will cost is said before it starts.
 *
 * @param forward seconds of one picture's way to the logits
 * @param backward seconds of the way back to its pixels; 0 where there is none
 */
public record PassTimes(double forward, double backward) {
  /** How long is measured, and how often at most: small models are compiled while they run. */
  private static final double PATIENCE_SECONDS = 0.2;

  private static final int MOST_ROUNDS = 30;

  /**
   * Sends some pictures through, each way, again and again for a moment; the fastest time counts,
   * as it is the least disturbed.
   *
   * @param pictures at least one, and as many as fit into memory for a gradient
   */
  public static PassTimes measure(Classifier classifier, Pictures pictures) {
    PassTimes best = new PassTimes(Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY);
    long start = System.nanoTime();
    for (int round = 0; round < MOST_ROUNDS; round++) {
      PassTimes once = once(classifier, pictures);
      best =
          new PassTimes(
              Math.min(best.forward, once.forward), Math.min(best.backward, once.backward));
      if ((System.nanoTime() - start) * 1e-9 > PATIENCE_SECONDS) {
        break;
      }
    }
    return best;
  }

  private static PassTimes once(Classifier classifier, Pictures pictures) {
    int[] rows = Rows.all(pictures.count());
    try (Scope _ = Scope.open("measured passes")) {
      Oracle oracle = Oracle.of(classifier, pictures);
      long start = System.nanoTime();
      oracle.ask(pictures.images(), rows);
      long asked = System.nanoTime();
      double forward = (asked - start) * 1e-9 / rows.length;
      if (!classifier.isDifferentiable()) {
        return new PassTimes(forward, 0);
      }
      Response answer = oracle.askForGradient(pictures.images(), rows);
      IntFunction<double[]> direction =
          row ->
              Loss.CROSS_ENTROPY
                  .of(answer.logits(row), pictures.labels()[row], OptionalInt.empty())
                  .direction();
      // comes to the host to be checked, so it is computed when this returns
      answer.gradient(rows, direction);
      double both = (System.nanoTime() - asked) * 1e-9 / rows.length;
      return new PassTimes(forward, Math.max(0, both - forward));
    }
  }

  /** How long that much work takes. */
  public Duration of(Passes passes) {
    double seconds = passes.forward() * forward + passes.backward() * backward;
    return Duration.ofMillis(Math.round(seconds * 1000));
  }
}
