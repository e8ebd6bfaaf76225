package org.wardlock.attacks.diagnosis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.wardlock.attacks.CountingClassifier;
import org.wardlock.attacks.FunctionClassifier;
import org.wardlock.attacks.LinearClassifier;
import org.wardlock.attacks.LookupClassifier;
import org.wardlock.attacks.Loss;
import org.wardlock.attacks.Norm;
import org.wardlock.attacks.Passes;
import org.wardlock.attacks.Pictures;
import org.wardlock.attacks.Rational;
import org.wardlock.attacks.Testing;
import org.wardlock.attacks.Threat;
import org.wardlock.attacks.evaluation.AttackReport;
import org.wardlock.attacks.evaluation.AttackRun;
import org.wardlock.attacks.evaluation.PictureSource;
import org.wardlock.attacks.evaluation.Records;
import org.wardlock.attacks.evaluation.RunListener;
import org.wardlock.attacks.gradient.Apgd;
import org.wardlock.attacks.gradient.Fab;
import org.wardlock.attacks.score.Square;
import org.wardlock.nn.Classifier;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/** Planted faults raise exactly their own flag, healthy classifiers none. */
class CheckupTest {
  private static final Shape SHAPE = Planted.SHAPE;

  private final Random random = new Random(131);

  private List<String> flags(Classifier classifier) {
    Pictures pictures = Testing.answered(classifier, random, 10);
    return names(new Checkup(classifier, pictures).look());
  }

  private static List<String> names(List<Flag> flags) {
    for (Flag flag : flags) {
      assertFalse(flag.seen().isBlank() || flag.next().isBlank(), flag.name());
    }
    return flags.stream().map(Flag::name).toList();
  }

  @Test
  void healthyClassifiersRaiseNone() {
    for (int model = 0; model < 5; model++) {
      assertEquals(List.of(), flags(FunctionClassifier.network(random, SHAPE, 4 + model)));
      assertEquals(List.of(), flags(LinearClassifier.random(random, SHAPE, 4 + model)));
    }
    // logarithms of probabilities lose nothing
    Classifier inner = LinearClassifier.random(random, SHAPE, 5);
    assertEquals(List.of(), flags(Planted.after(inner, Tensor::logSoftmax)));
  }

  @Test
  void softmaxAtTheEndIsSeen() {
    assertEquals(List.of("probabilities"), flags(Planted.softmaxHead(random)));
  }

  @Test
  void logitsFarApartAreSeen() {
    assertEquals(List.of("saturated"), flags(Planted.saturated(random)));
  }

  @Test
  void inputInStepsIsSeen() {
    assertEquals(List.of("zero-gradient"), flags(Planted.quantised(random)));
  }

  @Test
  void answersThatVaryAreSeen() {
    assertEquals(List.of("varying-answers"), flags(Planted.varying(random)));
  }

  @Test
  void classifiersWithoutGradientsAreSeen() {
    Classifier inner = LinearClassifier.random(random, SHAPE, 5);
    assertEquals(List.of("no-gradient"), flags(new LookupClassifier(inner, images -> images)));
  }

  @Test
  void fewClassesAreSeen() {
    assertEquals(List.of("few-classes"), flags(LinearClassifier.random(random, SHAPE, 2)));
    assertEquals(List.of("few-classes"), flags(LinearClassifier.random(random, SHAPE, 3)));
  }

  /** Slopes that exist nearly nowhere: the gradient is there, and leads nowhere. */
  @Test
  void steepPlacesAreSeenByWhatSquareBreaks() throws IOException {
    Classifier steep = Planted.steep(random);
    Pictures pictures = Planted.steepPictures(steep, random, 20);
    assertEquals(List.of(), names(new Checkup(steep, pictures).look()));
    assertEquals(
        List.of("black-box-stronger"), names(Checkup.after(report(steep, pictures, "1/10"))));
    Classifier healthy = FunctionClassifier.network(random, SHAPE, 5);
    Pictures answered = Testing.answered(healthy, random, 20);
    assertEquals(List.of(), names(Checkup.after(report(healthy, answered, "1/200"))));
  }

  private static AttackReport report(Classifier classifier, Pictures all, String radius)
      throws IOException {
    int count = all.count();
    PictureSource source =
        new PictureSource() {
          @Override
          public int count() {
            return count;
          }

          @Override
          public Pictures pictures(int start, int end) {
            return all.select(IntStream.range(start, end).toArray());
          }
        };
    return new AttackRun(
            classifier,
            new Threat(Norm.LINF, Rational.parse(radius)),
            List.of(
                new Apgd(Loss.CROSS_ENTROPY).iterations(10),
                Fab.targeted(2).iterations(5),
                new Square().queries(300)),
            1,
            count)
        .run(source, Records.inMemory(), RunListener.NONE);
  }

  /** One picture more is no sign, and neither is what comes before any gradient attack. */
  @Test
  void blackBoxAttacksMustBreakMoreThanOnePicture() {
    assertEquals(List.of(), names(Checkup.after(twoAttacks("apgd-ce", "square", 100, 1))));
    assertEquals(
        List.of("black-box-stronger"),
        names(Checkup.after(twoAttacks("apgd-ce", "square", 100, 2))));
    assertEquals(List.of(), names(Checkup.after(twoAttacks("apgd-ce", "square", 2000, 3))));
    assertEquals(List.of(), names(Checkup.after(twoAttacks("square", "apgd-ce", 100, 50))));
    assertEquals(List.of(), names(Checkup.after(twoAttacks("random", 0, "square", 100, 50))));
    assertEquals(List.of(), names(Checkup.after(twoAttacks("fgsm", 1, "square", 100, 50))));
  }

  private static AttackReport twoAttacks(String first, String second, int count, int more) {
    return twoAttacks(first, 100, second, count, more);
  }

  private static AttackReport twoAttacks(
      String first, int gradients, String second, int count, int more) {
    List<AttackReport.Line> lines = new ArrayList<>();
    lines.add(new AttackReport.Line(first, 0.6, 0, 0, gradients * (6L * count / 10)));
    lines.add(new AttackReport.Line(second, 0.6 - (double) more / count, 0, 0, 0));
    return new AttackReport(count, 0.9, 0.5, 0.5, 0, lines);
  }

  @Test
  void looksAsOftenAsItSays() {
    Classifier inner = LinearClassifier.random(random, SHAPE, 5);
    CountingClassifier counting = new CountingClassifier(inner);
    Pictures pictures = Testing.answered(inner, random, 10);
    new Checkup(counting, pictures).look();
    assertEquals(new Passes(60, 10), counting.passes());
  }
}
