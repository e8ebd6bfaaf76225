package org.wardlock.cli;

import java.io.IOException;
import java.util.BitSet;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.wardlock.attacks.Oracle;
import org.wardlock.attacks.Pictures;
import org.wardlock.attacks.Response;
import org.wardlock.attacks.Rows;
import org.wardlock.attacks.WorstCase;
import org.wardlock.nn.Classifier;
import org.wardlock.tensor.Scope;

/**
 * Says of unattacked pictures what attacks are judged by: where answers vary, it is the mean of as
 * many of them that decides.
 */
final class CompressJudge {
  private CompressJudge() {}

  /**
   * The places of the pictures that are taken for what they are.
   *
   * @param batch pictures at a time
   * @param progress is told how many are done
   */
  static BitSet right(
      Classifier classifier, DatasetPictures source, int batch, IntConsumer progress)
      throws IOException {
    var right = new BitSet(source.count());
    for (int start = 0; start < source.count(); start += batch) {
      int end = Math.min(start + batch, source.count());
      try (Scope _ = Scope.open("clean pictures")) {
        Pictures pictures = source.pictures(start, end);
        Response answer =
            Oracle.of(classifier, pictures)
                .averaging(WorstCase.FRESH_ANSWERS)
                .ask(pictures.images(), Rows.all(pictures.count()));
        int first = start;
        IntStream.range(0, pictures.count())
            .filter(row -> answer.prediction(row) == pictures.labels()[row])
            .forEach(row -> right.set(first + row));
      }
      progress.accept(end);
    }
    return right;
  }
}
