package org.wardlock.attacks.gradient;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.wardlock.attacks.Mode;
import org.wardlock.attacks.Oracle;
import org.wardlock.attacks.Pictures;
import org.wardlock.attacks.Ranking;
import org.wardlock.attacks.Rows;
import org.wardlock.attacks.Task;
import org.wardlock.tensor.Scope;

/**
 * Classes that attacks lead to one after the other: those of the highest logits for the clean
 * picture, but the label.
 */
final class ClassTargets {
  private ClassTargets() {}

  /** How many classes there are to lead to, of those that are wished for. */
  static int count(int wished, int classes) {
    return Math.min(wished, classes - 1);
  }

  /**
   * The number of a start, which depends neither on how many restarts nor on how many targets there
   * are.
   *
   * @param run the target's place
   * @param targets wished for; 0 if the attack leads to none
   */
  static int start(int restart, int run, int targets, int classes) {
    return targets == 0 ? restart : restart * classes + run;
  }

  static void requireUntargeted(String attack, Task task) {
    if (task.pictures().targets().isPresent()) {
      throw new IllegalArgumentException(
          attack + ": leads to targets of its own choice; use another attack for given targets");
    }
  }

  /**
   * The class of a rank, 0 for the best but the label, of the clean pictures in some rows.
   *
   * @return at the place of each of these rows; the others' places hold nothing of meaning
   */
  static int[] at(int rank, Oracle oracle, Task task, Mode mode, int... rows) {
    int[] targets = new int[task.pictures().count()];
    double[][] logits = logits(oracle, task.pictures(), mode, rows);
    for (int i = 0; i < rows.length; i++) {
      targets[rows[i]] = others(logits[i], task.pictures().labels()[rows[i]], rank, 1)[0];
    }
    return targets;
  }

  /**
   * Classes of consecutive ranks among all but the label, which is no goal even where a surrogate
   * takes the clean picture for something else.
   *
   * @param first rank, 0 for the best
   */
  static int[] others(double[] logits, int label, int first, int count) {
    Ranking ranking = Ranking.of(logits, first + count + 1);
    return IntStream.range(0, Math.min(first + count + 1, logits.length))
        .map(ranking::at)
        .filter(other -> other != label)
        .skip(first)
        .limit(count)
        .toArray();
  }

  private static double[][] logits(Oracle oracle, Pictures pictures, Mode mode, int... rows) {
    if (mode == Mode.STRICT) {
      double[][] all = oracle.cleanLogits(pictures);
      return Arrays.stream(rows).mapToObj(row -> all[row]).toArray(double[][]::new);
    }
    try (Scope _ = Scope.open("ranks")) {
      return oracle.ask(Rows.gather(pictures.images(), rows), rows).logits();
    }
  }
}
