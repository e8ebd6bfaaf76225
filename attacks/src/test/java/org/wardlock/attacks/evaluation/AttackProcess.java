package org.wardlock.attacks.evaluation;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.wardlock.attacks.AttackResult;
import org.wardlock.attacks.FunctionClassifier;
import org.wardlock.attacks.Loss;
import org.wardlock.attacks.MedianThreat;
import org.wardlock.attacks.Norm;
import org.wardlock.attacks.Pictures;
import org.wardlock.attacks.Testing;
import org.wardlock.attacks.gradient.Apgd;
import org.wardlock.attacks.gradient.Fab;
import org.wardlock.attacks.score.Square;
import org.wardlock.tensor.Shape;

/** A short run of AutoAttack's attacks in a process of its own, to be killed. */
final class AttackProcess {
  /** How many pictures it attacks. */
  static final int COUNT = 70;

  private AttackProcess() {}

  /**
   * Goes on with the records in a folder; says a word for each batch and at the end.
   *
   * @param arguments the folder, how many pictures at a time
   */
  public static void main(String... arguments) throws IOException {
    Path folder = Path.of(arguments[0]);
    Random random = new Random(17);
    FunctionClassifier classifier = FunctionClassifier.network(random, Shape.of(3, 6, 5), 5);
    Pictures all = Testing.answered(classifier, random, COUNT);
    PictureSource source =
        new PictureSource() {
          @Override
          public int count() {
            return COUNT;
          }

          @Override
          public Pictures pictures(int start, int end) {
            return all.select(IntStream.range(start, end).toArray());
          }
        };
    AttackRun run =
        new AttackRun(
            classifier,
            MedianThreat.of(classifier, all, Norm.LINF, 1),
            List.of(
                new Apgd(Loss.CROSS_ENTROPY).iterations(10),
                Apgd.targeted(3).iterations(10),
                Fab.targeted(3).iterations(10),
                new Square().queries(50)),
            9,
            Integer.parseInt(arguments[1]));
    RunListener words =
        new RunListener() {
          @Override
          public void batchDone(int done, int robust, AttackResult batch) {
            System.out.println(done);
          }
        };
    try (RecordFolder records = RecordFolder.resume(folder, run.identity(), Optional.empty())) {
      run.run(source, records, words);
    }
    System.out.println("done");
  }
}
