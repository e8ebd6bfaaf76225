package org.wardlock.threat.recovery;

import java.util.List;
import java.util.stream.IntStream;
import org.wardlock.attacks.Attack;
import org.wardlock.attacks.Candidates;
import org.wardlock.attacks.Norm;
import org.wardlock.attacks.Oracle;
import org.wardlock.attacks.Passes;
import org.wardlock.attacks.Response;
import org.wardlock.attacks.Rows;
import org.wardlock.attacks.Task;
import org.wardlock.nn.Classifier;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Tensor;

/**
 * Attacks the model behind one wrong key after the other, and shows what each gave to the service:
 * a picture is broken if any of them breaks it there. Gradients go through every key exactly; the
 * official code of arXiv 2010.00801 tries one wrong key.
 *
 * @param attack on the model behind a wrong key, done to the end
 * @param guesses the model behind each wrong key, at least one; they stay the caller's to close
 */
public record WrongKeys(Attack attack, List<Classifier> guesses) implements Attack {
  /** Keeps a copy of the list. */
  public WrongKeys {
    guesses = List.copyOf(guesses);
    if (guesses.isEmpty()) {
      throw new IllegalArgumentException("wrong keys: found none; expected at least one");
    }
  }

  @Override
  public String name() {
    return "wrong-keys-" + attack.name();
  }

  /** The attack and the number of keys; which they are is not said. */
  @Override
  public String toString() {
    return "WrongKeys[attack=%s, keys=%d]".formatted(attack, guesses.size());
  }

  @Override
  public Passes cost(Norm norm, int classes) {
    return attack.cost(norm, classes).plus(new Passes(1, 0)).times(guesses.size());
  }

  @Override
  public Candidates search(Oracle oracle, Task task) {
    int count = task.pictures().count();
    var reached = new boolean[count];
    var losses = new double[count];
    float[][] best = Rows.toHost(task.pictures().images());
    for (Classifier guess : guesses) {
      int[] standing = IntStream.range(0, count).filter(row -> !reached[row]).toArray();
      if (standing.length == 0) {
        break;
      }
      try (Scope _ = Scope.open(name())) {
        Candidates made = attack.search(oracle.surrogate(guess), task.toTheEnd());
        Response answer = oracle.ask(Rows.gather(made.images(), standing), standing);
        float[][] values = Rows.toHost(made.images());
        for (int i = 0; i < standing.length; i++) {
          int row = standing[i];
          best[row] = values[row];
          losses[row] = made.losses()[row];
          reached[row] = task.pictures().isReached(row, answer.prediction(i));
        }
      }
    }
    Tensor images =
        Rows.toDevice(
            task.pictures().images().device(), task.pictures().images().shape().without(0), best);
    return new Candidates(images, reached, losses);
  }
}
