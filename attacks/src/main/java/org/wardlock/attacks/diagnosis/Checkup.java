package org.wardlock.attacks.diagnosis;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.wardlock.attacks.Loss;
import org.wardlock.attacks.LossValue;
import org.wardlock.attacks.Oracle;
import org.wardlock.attacks.Passes;
import org.wardlock.attacks.Pictures;
import org.wardlock.attacks.Response;
import org.wardlock.attacks.Rows;
import org.wardlock.attacks.evaluation.AttackReport;
import org.wardlock.nn.Classifier;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Tensor;

/**
 * Looks at a classifier for what makes gradient attacks look weaker than they are: the flags of
 * AutoAttack (Croce and Hein 2020), on the answers themselves, and for every loss.
 */
public final class Checkup {
  /** Most of a picture. */
  static final Passes COST = new Passes(6, 1);

  static final String FEW_CLASSES = "few-classes";
  static final String ZERO_GRADIENT = "zero-gradient";
  static final String BLACK_BOX_STRONGER = "black-box-stronger";

  private static final int LOOKS = 5;

  /** Distances between answers of length 1 that rounding does not explain, as published. */
  private static final double VARIES = 1e-4;

  private static final double NEARLY = 1e-5;

  /** The share of pictures that a black-box attack may break after gradient attacks, likewise. */
  private static final double STRONGER = 0.002;

  private static final String BLACK_BOX = "square";

  /** Gradients of each picture that stands which tell a climb from a guess. */
  private static final int CLIMB = 10;

  private final Classifier classifier;
  private final Pictures pictures;

  /**
   * Prepares to look.
   *
   * @param pictures a sample, clean: as many as fit into memory for a gradient
   */
  public Checkup(Classifier classifier, Pictures pictures) {
    this.classifier = classifier;
    this.pictures = pictures;
  }

  /**
   * Looks at answers and gradients: five forward passes of every picture, and one with a backward
   * pass where the classifier is differentiable.
   *
   * @throws org.wardlock.attacks.NonFiniteException if there are values that are not finite
   */
  public List<Flag> look() {
    List<Flag> flags = new ArrayList<>();
    try (Scope _ = Scope.open("check-up")) {
      Oracle oracle = Oracle.of(classifier, pictures);
      Response[] answers = new Response[LOOKS];
      Arrays.setAll(answers, _ -> oracle.ask(pictures.images(), Rows.all(pictures.count())));
      fewClasses(flags);
      varyingAnswers(flags, answers);
      probabilities(flags, answers[0]);
      if (classifier.isDifferentiable()) {
        missingGradients(flags, oracle, answers[0]);
      } else {
        flags.add(
            new Flag(
                "no-gradient",
                "this classifier has no gradients",
                "attacks by gradients do not apply: run square and hopskipjump, attack a surrogate,"
                    + " or what comes after the step that has none (ls-pga behind a table)"));
      }
    }
    return List.copyOf(flags);
  }

  private void fewClasses(List<Flag> flags) {
    int classes = classifier.classes();
    if (classes < 4) {
      flags.add(
          new Flag(
              FEW_CLASSES,
              "%d classes, and the %s loss needs %s"
                  .formatted(
                      classes, classes < 3 ? "DLR" : "targeted DLR", classes < 3 ? "3" : "4"),
              "the margin stands in for it, which the scale of the logits changes: also run"
                  + " apgd-ce with several restarts"));
    }
  }

  private void varyingAnswers(List<Flag> flags, Response... answers) {
    double largest = 0;
    boolean otherClass = false;
    for (Response other : answers) {
      for (int i = 0; i < other.count(); i++) {
        double[] one = unit(answers[0].logits(i));
        double[] two = unit(other.logits(i));
        double sum = 0;
        for (int k = 0; k < one.length; k++) {
          sum += (one[k] - two[k]) * (one[k] - two[k]);
        }
        largest = Math.max(largest, Math.sqrt(sum));
        otherClass |= answers[0].prediction(i) != other.prediction(i);
      }
    }
    if (largest > VARIES || otherClass) {
      flags.add(
          new Flag(
              "varying-answers",
              "answers about the same picture differ by up to %.2g of their length"
                  .formatted(largest),
              "one answer says nothing: believe --version rand, or apgd with --eot, and no other"
                  + " attack"));
    }
  }

  private static double[] unit(double... logits) {
    double length = Math.sqrt(Arrays.stream(logits).map(z -> z * z).sum());
    return Arrays.stream(logits).map(z -> length == 0 ? 0 : z / length).toArray();
  }

  private static void probabilities(List<Flag> flags, Response answer) {
    boolean all =
        answer.count() > 0 && Arrays.stream(answer.logits()).allMatch(Checkup::isDistribution);
    if (all) {
      flags.add(
          new Flag(
              "probabilities",
              "all answers are between 0 and 1 and add up to 1",
              "they look like softmax's output, which flattens gradients: hand over the logits"));
    }
  }

  private static boolean isDistribution(double... answer) {
    return Math.abs(Arrays.stream(answer).sum() - 1) < NEARLY
        && Arrays.stream(answer).allMatch(z -> z > -NEARLY && z < 1 + NEARLY);
  }

  private void missingGradients(List<Flag> flags, Oracle oracle, Response answer) {
    int flat = flat(oracle);
    if (flat > 0) {
      flags.add(
          new Flag(
              ZERO_GRADIENT,
              "no gradient of the margin at %d of %d clean pictures"
                  .formatted(flat, pictures.count()),
              "gradient attacks stay where they are: run square, or attack a surrogate"));
      return;
    }
    long saturated =
        IntStream.range(0, pictures.count())
            .filter(row -> isSaturated(answer.logits(row), pictures.labels()[row]))
            .count();
    if (saturated > 0) {
      flags.add(
          new Flag(
              "saturated",
              "the cross-entropy of %d of %d clean pictures has no gradient in 32 bits, though the margin has one"
                  .formatted(saturated, pictures.count()),
              "the logits are too far apart for it: run apgd-dlr, apgd-margin or apgd-t, which no"
                  + " scale changes; what other programs found by cross-entropy says nothing"));
    }
  }

  /** Whether all other classes' probabilities are 0 in floats. */
  private static boolean isSaturated(double[] logits, int label) {
    double[] gradient = Loss.CROSS_ENTROPY.of(logits, label, OptionalInt.empty()).gradient();
    return Arrays.stream(gradient).allMatch(slope -> (float) slope == 0);
  }

  /** At how many clean pictures the margin has no gradient. */
  private int flat(Oracle oracle) {
    int[] rows = Rows.all(pictures.count());
    try (Scope _ = Scope.open("gradients")) {
      Response answer = oracle.askForGradient(pictures.images(), rows);
      IntFunction<LossValue> at =
          row -> Loss.MARGIN.of(answer.logits(row), pictures.labels()[row], OptionalInt.empty());
      Tensor gradient = answer.gradient(rows, row -> at.apply(row).direction());
      float[] longest = gradient.abs().max(1, 2, 3).toFloats();
      return (int) IntStream.range(0, longest.length).filter(i -> longest[i] == 0).count();
    }
  }

  /**
   * Looks at what a run has found: a black-box attack that breaks what gradient attacks left
   * standing, more than one picture and more than 0.2 %. A gradient attack is one that took ten
   * gradients or more of each picture it left.
   */
  public static List<Flag> after(AttackReport report) {
    List<AttackReport.Line> lines = report.attacks();
    List<Flag> flags = new ArrayList<>();
    for (int i = 1; i < lines.size(); i++) {
      double broken = lines.get(i - 1).robustAfter() - lines.get(i).robustAfter();
      boolean climbed =
          lines.subList(0, i).stream()
              .anyMatch(
                  line ->
                      line.backward() >= CLIMB * Math.round(line.robustAfter() * report.images()));
      if (lines.get(i).name().equals(BLACK_BOX)
          && climbed
          && broken > STRONGER
          && Math.round(broken * report.images()) > 1) {
        flags.add(
            new Flag(
                BLACK_BOX_STRONGER,
                "square breaks %.2f %% that gradient attacks before it left standing"
                    .formatted(100 * broken),
                "gradients are misleading: run square with more queries and restarts, and look"
                    + " for what hides the gradient"));
      }
    }
    return List.copyOf(flags);
  }
}
