package org.wardlock.cli;

import java.io.IOException;
import java.util.stream.IntStream;
import org.wardlock.attacks.Pictures;
import org.wardlock.attacks.evaluation.PictureSource;
import org.wardlock.nn.Classifier;
import org.wardlock.tensor.NoGrad;
import org.wardlock.tensor.Scope;

/**
 * Pictures to be taken for a class of the student's: being rejected is no success of an attack.
 *
 * @param pictures without targets
 * @param student tells which wrong class is likely
 * @param random whether targets are random instead
 * @param seed of these
 */
record DifferentiatorsTargets(PictureSource pictures, Classifier student, boolean random, long seed)
    implements PictureSource {
  @Override
  public int count() {
    return pictures.count();
  }

  @Override
  public Pictures pictures(int start, int end) throws IOException {
    Pictures some = pictures.pictures(start, end);
    return random
        ? some.withRandomTargets(seed, student.classes())
        : some.withTargets(likely(some));
  }

  /** The student's favourite among the wrong classes. */
  private int[] likely(Pictures some) {
    try (NoGrad _ = NoGrad.enter();
        Scope _ = Scope.open("likely targets")) {
      int classes = student.classes();
      float[] logits = student.logits(some.images()).toFloats();
      int[] targets = new int[some.count()];
      for (int row = 0; row < targets.length; row++) {
        int label = some.labels()[row];
        int first = row * classes;
        targets[row] =
            IntStream.range(0, classes)
                .filter(other -> other != label)
                .reduce((a, b) -> logits[first + b] > logits[first + a] ? b : a)
                .orElseThrow();
      }
      return targets;
    }
  }
}
