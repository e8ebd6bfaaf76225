package org.wardlock.attacks;

import java.util.stream.IntStream;
import org.wardlock.nn.Classifier;
import org.wardlock.tensor.Scope;

/**
 * Makes pictures by attacking another classifier, then shows each to the one under attack, once.
 * The attack on the surrogate goes on to the end and hands over, of the pictures that fool it,
 * those of the highest loss: what only just fools one classifier seldom fools another.
 *
 * @param attack on the surrogate
 * @param surrogate that the attacker knows
 */
public record Transfer(Attack attack, Classifier surrogate) implements Attack {
  @Override
  public String name() {
    return "transfer-" + attack.name();
  }

  /** The attack and its settings; the surrogate has no description of its own. */
  @Override
  public String toString() {
    return "Transfer[attack=" + attack + "]";
  }

  @Override
  public Passes cost(Norm norm, int classes) {
    return attack.cost(norm, classes).plus(new Passes(1, 0));
  }

  @Override
  public Candidates search(Oracle oracle, Task task) {
    Candidates made = attack.search(oracle.surrogate(surrogate), task.toTheEnd());
    int count = task.pictures().count();
    try (Scope _ = Scope.open("transfer")) {
      Response answer = oracle.ask(made.images(), Rows.all(count));
      boolean[] reached = new boolean[count];
      IntStream.range(0, count)
          .forEach(i -> reached[i] = task.pictures().isReached(i, answer.prediction(i)));
      return new Candidates(made.images(), reached, made.losses());
    }
  }
}
