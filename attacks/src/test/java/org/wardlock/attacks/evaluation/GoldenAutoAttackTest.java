package org.wardlock.attacks.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.wardlock.attacks.Effort;
import org.wardlock.attacks.Loss;
import org.wardlock.attacks.Mode;
import org.wardlock.attacks.PictureOutcome;
import org.wardlock.attacks.Pictures;
import org.wardlock.attacks.Rational;
import org.wardlock.attacks.Threat;
import org.wardlock.attacks.WorstCase;
import org.wardlock.attacks.gradient.Apgd;
import org.wardlock.attacks.gradient.Fab;
import org.wardlock.attacks.suite.AutoAttack;
import org.wardlock.nn.model.ImageClassifier;
import org.wardlock.tensor.Scope;

/**
 * {@link AutoAttack} beside the official one (commit a392200, standard, seed 0) on the same
 * pictures. The system property {@code wardlock.test.golden-pictures} says on how many: 256 is what
 * a release is tried with, at every radius, and leaves its figures in target/golden-attack. Of 256
 * one may be missed and four more broken, of fewer in proportion: none. Without the property APGD
 * alone is tried at every radius, on the pictures that tell most.
 */
@Tag("cpu-only")
class GoldenAutoAttackTest {
  private static final int ALL = 256;
  private static final int COUNT = Integer.getInteger("wardlock.test.golden-pictures", 10);
  private static final int FAB_COUNT = Math.min(COUNT, 64);

  /** What the official one may break of {@link #ALL} and ours not, and the other way round. */
  private static final int MISSED = 1;

  private static final int MORE = 4;

  /** Of the pictures that the official one breaks at once, and of those that withstand it. */
  private static final int EASY = 12;

  private static final int STANDING = 4;

  private static Stream<Arguments> settings() {
    List<Arguments> always =
        List.of(
            Arguments.of("adv", "linf", "8/255", "strict"),
            Arguments.of("plain", "l2", "1/8", "strict"));
    List<Arguments> others =
        List.of(
            Arguments.of("plain", "linf", "1/510", "strict"),
            Arguments.of("plain", "linf", "1/255", "strict"),
            Arguments.of("plain", "linf", "2/255", "strict"),
            Arguments.of("adv", "linf", "4/255", "strict"),
            Arguments.of("adv", "l2", "1/2", "strict"),
            Arguments.of("adv", "linf", "8/255", "compat"));
    return Stream.concat(always.stream(), COUNT < ALL ? Stream.of() : others.stream());
  }

  @ParameterizedTest
  @MethodSource("settings")
  void breaksWhatTheOfficialOneBreaks(String model, String norm, String radius, String mode)
      throws IOException {
    Threat threat = GoldenModel.threat(norm, radius);
    String name = "%s-%s-%s".formatted(model, norm, radius.replace('/', '_'));
    List<String[]> golden = GoldenModel.lines(name, COUNT);
    try (ImageClassifier classifier = GoldenModel.load(model)) {
      AttackRun run =
          new AttackRun(
              classifier,
              threat,
              AutoAttack.STANDARD.attacks(threat.norm(), Mode.parse(mode)),
              0,
              128);
      Records records = Records.inMemory();
      AttackReport report = run.run(GoldenModel.pictures(COUNT), records, RunListener.NONE);
      List<Integer> missed = new ArrayList<>();
      List<Integer> more = new ArrayList<>();
      for (int i = 0; i < COUNT; i++) {
        boolean theirs = !golden.get(i)[3].isEmpty();
        boolean ours = records.pictures().get(i).brokenBy().isPresent();
        if (theirs != ours) {
          (theirs ? missed : more).add(i);
        }
      }
      write(name + "-" + mode, describe(report, missed, more));
      assertTrue(
          missed.size() <= MISSED * COUNT / ALL,
          "left standing what the official one breaks: " + missed);
      assertTrue(
          more.size() <= MORE * COUNT / ALL, "broke what withstands the official one: " + more);
    }
  }

  /**
   * All pictures that took the official one more than its first attack, and some of the others:
   * there APGD from the label and APGD towards nine targets did all that was done, and ours do.
   */
  @ParameterizedTest
  @CsvSource({
    "adv, linf, 4/255",
    "adv, linf, 8/255",
    "adv, l2, 1/2",
    "plain, linf, 1/510",
    "plain, linf, 1/255",
    "plain, linf, 2/255",
    "plain, l2, 1/8"
  })
  void apgdBreaksWhatWasHardForTheOfficialOne(String model, String norm, String radius)
      throws IOException {
    Threat threat = GoldenModel.threat(norm, radius);
    List<String[]> golden =
        GoldenModel.lines("%s-%s-%s".formatted(model, norm, radius.replace('/', '_')), ALL);
    List<Integer> hard = places(golden, line -> line[3].equals("apgd-t"), ALL);
    List<Integer> easy = places(golden, line -> line[3].equals("apgd-ce"), EASY);
    List<Integer> standing =
        places(golden, line -> line[1].equals(line[2]) && line[3].isEmpty(), STANDING);
    int[] rows =
        Stream.of(hard, easy, standing).flatMap(List::stream).mapToInt(Integer::intValue).toArray();
    try (ImageClassifier classifier = GoldenModel.load(model);
        Scope _ = Scope.open("test")) {
      Pictures pictures = GoldenModel.pictures(ALL).pictures(0, ALL).select(rows);
      WorstCase worstCase = new WorstCase(classifier, pictures, threat);
      worstCase.apply(new Apgd(Loss.CROSS_ENTROPY), 0);
      worstCase.apply(Apgd.targeted(9), 0);
      List<Integer> broken =
          worstCase.result().pictures().stream()
              .filter(one -> one.brokenBy().isPresent())
              .map(one -> (int) one.id())
              .toList();
      assertEquals(Stream.concat(hard.stream(), easy.stream()).toList(), broken);
    }
  }

  private static List<Integer> places(List<String[]> golden, Predicate<String[]> kind, int most) {
    return IntStream.range(0, golden.size())
        .filter(i -> kind.test(golden.get(i)))
        .boxed()
        .limit(most)
        .toList();
  }

  private static String describe(AttackReport report, List<Integer> missed, List<Integer> more) {
    StringBuilder text = new StringBuilder();
    text.append(String.format(Locale.ROOT, "clean %.2f%n", 100 * report.cleanAccuracy()));
    for (AttackReport.Line line : report.attacks()) {
      text.append(
          String.format(
              Locale.ROOT,
              "%s %.2f, %.1f s, %d forward, %d backward%n",
              line.name(),
              100 * line.robustAfter(),
              line.seconds(),
              line.forward(),
              line.backward()));
    }
    return text.append("left standing beyond the official one ")
        .append(missed)
        .append(", broken beyond it ")
        .append(more)
        .append('\n')
        .toString();
  }

  @ParameterizedTest
  @CsvSource({"adv, linf", "plain, l2", "plain, linf", "adv, l2"})
  void fabFindsTheSameSmallestChanges(String model, String norm) throws IOException {
    List<String[]> golden = GoldenModel.lines(model + "-fab-t-" + norm, 64);
    try (ImageClassifier classifier = GoldenModel.load(model);
        Scope _ = Scope.open("test")) {
      Threat anything = new Threat(GoldenModel.threat(norm, "1").norm(), Rational.of(100, 1));
      WorstCase worstCase =
          new WorstCase(
              classifier, GoldenModel.pictures(FAB_COUNT).pictures(0, FAB_COUNT), anything);
      // the official program has no final search
      worstCase.apply(Fab.targeted(9).finalSearch(0), 0, Effort.TO_THE_END);
      List<PictureOutcome> found = worstCase.result().pictures();
      List<Double> ratios = new ArrayList<>();
      for (String[] line : golden) {
        int picture = Integer.parseInt(line[0]);
        if (picture < FAB_COUNT) {
          ratios.add(found.get(picture).norm() / Double.parseDouble(line[2]));
        }
      }
      List<Double> sorted = ratios.stream().sorted().toList();
      write(model + "-fab-t-" + norm, "norms against the official ones " + sorted + "\n");
      assertTrue(sorted.size() >= 3, "only " + sorted.size() + " pictures to compare");
      double median = sorted.get(sorted.size() / 2);
      assertTrue(Math.abs(median - 1) <= 0.02, "median " + median);
      long far = ratios.stream().filter(ratio -> Math.abs(ratio - 1) > 0.1).count();
      assertTrue(10 * far <= ratios.size(), far + " of " + ratios.size() + " differ by 10 %");
    }
  }

  private static void write(String name, String text) throws IOException {
    Path folder = Files.createDirectories(Path.of("target", "golden-attack"));
    Files.writeString(folder.resolve(name + ".txt"), text);
  }
}
