package org.wardlock.attacks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.wardlock.nn.Classifier;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Tensor;
import org.wardlock.tensor.Updates;

/**
 * Several attacks on one batch: a picture counts as broken if any of them breaks it. Each attack
 * gets the clean versions of those pictures that still stand, and what it brings back is believed
 * only after a fresh look.
 *
 * <p>A classifier that answers the same picture differently from time to time is taken by the mean
 * probabilities of 20 fresh answers, whenever it is looked at here; one answer says nothing about
 * it. So whatever an attack brings back is looked at, also where it got no wrong answer itself.
 * What attacks find on such a classifier is not repeatable, as its answers are not.
 */
public final class WorstCase {
  /** How many answers decide where answers vary. */
  public static final int FRESH_ANSWERS = 20;

  private static final int NO_CLASS = -1;

  private final Classifier classifier;
  private final Pictures pictures;
  private final Threat threat;
  private final float[][] clean;
  private final Tensor images;
  private final double[][] cleanLogits;
  private final PictureOutcome[] outcomes;

  /**
   * Looks at the clean pictures.
   *
   * @throws IllegalArgumentException if they do not fit the classifier or leave [0, 1]
   */
  public WorstCase(Classifier classifier, Pictures pictures, Threat threat) {
    requireFit(classifier, pictures);
    this.classifier = classifier;
    this.pictures = pictures;
    this.threat = threat;
    this.clean = Rows.toHost(pictures.images());
    requirePixels();
    this.images = pictures.images().copy();
    Optional<Response> answer = look(pictures.images(), Rows.all(pictures.count()));
    int[] predictions = predictions(answer);
    cleanLogits = answer.map(Response::logits).orElseGet(() -> new double[0][]);
    outcomes =
        IntStream.range(0, pictures.count())
            .mapToObj(
                row ->
                    PictureOutcome.untouched(
                        pictures.ids()[row], pictures.labels()[row], predictions[row]))
            .toArray(PictureOutcome[]::new);
  }

  private static void requireFit(Classifier classifier, Pictures pictures) {
    if (!pictures.imageShape().equals(classifier.imageShape())) {
      throw new IllegalArgumentException(
          "attack: pictures of shape "
              + pictures.imageShape()
              + ", the classifier expects "
              + classifier.imageShape());
    }
    if (!pictures.images().device().equals(classifier.device())) {
      throw new IllegalArgumentException(
          "attack: pictures on "
              + pictures.images().device()
              + ", the classifier is on "
              + classifier.device());
    }
    requireClasses("label", pictures.labels(), pictures, classifier.classes());
    pictures
        .targets()
        .ifPresent(targets -> requireClasses("target", targets, pictures, classifier.classes()));
  }

  private static void requireClasses(String what, int[] found, Pictures pictures, int classes) {
    for (int row = 0; row < found.length; row++) {
      if (found[row] < 0 || found[row] >= classes) {
        throw new IllegalArgumentException(
            "attack: %s %d of picture %d is outside 0..%d"
                .formatted(what, found[row], pictures.ids()[row], classes - 1));
      }
    }
  }

  private void requirePixels() {
    for (int row = 0; row < clean.length; row++) {
      for (float value : clean[row]) {
        if (!(value >= 0 && value <= 1)) {
          throw new IllegalArgumentException(
              "attack: picture %d holds the value %s, expected 0 to 1; normalisation belongs inside the classifier"
                  .formatted(pictures.ids()[row], value));
        }
      }
    }
  }

  /** A look of our own, which counts as no query. */
  private Optional<Response> look(Tensor batch, int... rows) {
    return rows.length == 0
        ? Optional.empty()
        : Optional.of(
            new Oracle(classifier, Optional.empty(), pictures.ids())
                .averaging(FRESH_ANSWERS)
                .ask(batch, rows));
  }

  private static int[] predictions(Optional<Response> answer) {
    return answer
        .map(given -> IntStream.range(0, given.count()).map(given::prediction).toArray())
        .orElseGet(() -> new int[0]);
  }

  /**
   * The rows that were right or rejected without an attack and are not yet answered as an attack
   * wants.
   */
  private int[] standing() {
    int rejected = classifier.rejected().orElse(NO_CLASS);
    return IntStream.range(0, pictures.count())
        .filter(row -> outcomes[row].isCleanRight() || outcomes[row].cleanPrediction() == rejected)
        .filter(row -> !pictures.isReached(row, outcomes[row].prediction()))
        .toArray();
  }

  /**
   * Attacks the pictures that still stand.
   *
   * @return the work it took, looking at what was found not counted
   * @throws NonFiniteException if the classifier gives logits or gradients that are not finite
   */
  public Passes apply(Attack attack, long seed) {
    return apply(attack, seed, Effort.UNTIL_BROKEN);
  }

  /** As {@link #apply(Attack, long)}, with the effort to make for each picture. */
  public Passes apply(Attack attack, long seed, Effort effort) {
    int[] rows = standing();
    if (rows.length == 0) {
      return Passes.NONE;
    }
    try (Scope _ = Scope.open(attack.name())) {
      Pictures targets = pictures.select(rows);
      double[][] known =
          Arrays.stream(rows).mapToObj(row -> cleanLogits[row]).toArray(double[][]::new);
      Oracle oracle = new Oracle(classifier, Optional.of(known), targets.ids());
      Candidates found = attack.search(oracle, new Task(targets, threat, seed, effort));
      for (int i = 0; i < rows.length; i++) {
        outcomes[rows[i]] =
            outcomes[rows[i]].tried(found.losses()[i], oracle.queries(i), oracle.gradients(i));
      }
      verify(attack, rows, found);
      return oracle.passes();
    }
  }

  private void verify(Attack attack, int[] rows, Candidates found) {
    int[] worthwhile = worthwhile(rows, found);
    if (worthwhile.length == 0) {
      return;
    }
    Tensor candidates = Rows.gather(found.images(), worthwhile);
    int[] candidateRows = Rows.pick(rows, worthwhile);
    float[][] values = Rows.toHost(candidates);
    for (int j = 0; j < worthwhile.length; j++) {
      requirePermitted(attack, candidateRows[j], values[j]);
    }
    int[] predictions = predictions(look(candidates, candidateRows));
    boolean[] okAt8Bit = stillReachedAt8Bit(candidateRows, values);
    for (int j = 0; j < worthwhile.length; j++) {
      int row = candidateRows[j];
      if (pictures.isReached(row, predictions[j])) {
        double norm = threat.norm().distance(clean[row], values[j]);
        outcomes[row] = outcomes[row].broken(attack.name(), predictions[j], norm, okAt8Bit[j]);
        Updates.assign(images.slice(0, row, row + 1), candidates.slice(0, j, j + 1));
      }
    }
  }

  /** What is claimed to be broken; where answers vary, whatever was changed. */
  private int[] worthwhile(int[] rows, Candidates found) {
    if (classifier.isDeterministic()) {
      return IntStream.range(0, rows.length).filter(i -> found.reached()[i]).toArray();
    }
    float[][] values = Rows.toHost(found.images());
    return IntStream.range(0, rows.length)
        .filter(i -> found.reached()[i] || !Arrays.equals(values[i], clean[rows[i]]))
        .toArray();
  }

  private void requirePermitted(Attack attack, int row, float... values) {
    if (!threat.permits(clean[row], values)) {
      throw new IllegalStateException(
          "attack %s left the threat %s at picture %d: its change has norm %s, or a value left [0, 1]"
              .formatted(
                  attack.name(),
                  threat,
                  pictures.ids()[row],
                  threat.norm().distance(clean[row], values)));
    }
  }

  private boolean[] stillReachedAt8Bit(int[] rows, float[][] values) {
    boolean[] still = new boolean[rows.length];
    List<Integer> places = new ArrayList<>();
    List<float[]> rounded = new ArrayList<>();
    for (int j = 0; j < rows.length; j++) {
      Optional<float[]> picture = EightBit.round(clean[rows[j]], values[j], threat);
      if (picture.isPresent()) {
        places.add(j);
        rounded.add(picture.get());
      }
    }
    int[] roundedRows = places.stream().mapToInt(j -> rows[j]).toArray();
    int[] predictions =
        predictions(
            look(
                Rows.toDevice(
                    pictures.images().device(),
                    pictures.imageShape(),
                    rounded.toArray(float[][]::new)),
                roundedRows));
    for (int p = 0; p < roundedRows.length; p++) {
      still[places.get(p)] = pictures.isReached(roundedRows[p], predictions[p]);
    }
    return still;
  }

  /** What became of the pictures so far; the images are in the scope this was made in. */
  public AttackResult result() {
    return new AttackResult(images, List.of(outcomes));
  }
}
