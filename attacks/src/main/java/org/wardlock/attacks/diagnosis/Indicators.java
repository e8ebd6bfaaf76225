package org.wardlock.attacks.diagnosis;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.wardlock.attacks.Attack;
import org.wardlock.attacks.AttackPurpose;
import org.wardlock.attacks.Loss;
import org.wardlock.attacks.Oracle;
import org.wardlock.attacks.Pictures;
import org.wardlock.attacks.Response;
import org.wardlock.attacks.Rows;
import org.wardlock.attacks.Threat;
import org.wardlock.attacks.Transfer;
import org.wardlock.nn.Classifier;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;
import org.wardlock.tensor.spi.Distribution;

/**
 * The indicators of attack failure (Pintor et al. 2022), by the rules of their program. Gradients
 * that are not there are seen by {@link Checkup} at the clean pictures, and here on the way;
 * attacks without bounds by {@link EpsCurve}.
 *
 * <p>Two rules differ, so that healthy classifiers raise no flag. How firm answers are is told by
 * the median over pictures, not the mean: a single picture next to the boundary, whose margin is
 * nearly 0, would decide the mean. And a picture is looked at as what is wanted of it is: margins,
 * not the attack's own loss, tell how far an attack has come.
 */
final class Indicators {
  /** Noisy versions of each picture, as published. */
  static final int NOISE = 100;

  /** Noise is uniform within half of that to both sides, as published. */
  private static final float WIDTH = 8f / 255;

  /** How far the margin may change, as a share of itself. */
  private static final double UNSTABLE = 0.3;

  /** Of the pictures that stand, how many attacks may be on their way still. */
  private static final double INCOMPLETE = 0.1;

  private final Attack attack;
  private final long seed;
  private final Classifier classifier;
  private final Pictures pictures;
  private final Threat threat;
  private final Supplier<List<Trace>> traces;

  Indicators(Attack attack, long seed, Classifier classifier, Pictures pictures, Threat threat) {
    this.attack = attack;
    this.seed = seed;
    this.classifier = classifier;
    this.pictures = pictures;
    this.threat = threat;
    this.traces = new Once<>(this::trace);
  }

  /** Of the pictures that the attack leaves standing; none where it goes by a surrogate. */
  private List<Trace> trace() {
    if (attack instanceof Transfer) {
      return List.of();
    }
    return Arrays.stream(standing())
        .mapToObj(row -> Trace.of(attack, classifier, pictures.select(row), threat, seed))
        .toList();
  }

  private int[] standing() {
    return Standing.rows(Standing.after(classifier, pictures, threat, seed, attack));
  }

  /** Faults of the attack itself. */
  List<Flag> ofTheAttack() {
    List<Flag> flags = new ArrayList<>();
    if (attack instanceof Transfer transfer) {
      transferFailure(flags, transfer);
    }
    long silent = count(Trace::isSilentSuccess);
    if (silent > 0) {
      flags.add(
          new Flag(
              "silent-success",
              "%s passed by success on %s".formatted(attack.name(), ofTraces(silent)),
              "it returns another iterate than its best: keep every picture that fools the"
                  + " classifier"));
      return flags;
    }
    long incomplete = count(Trace::isIncomplete);
    if (incomplete > 1 && incomplete > INCOMPLETE * traces.get().size()) {
      flags.add(
          new Flag(
              "incomplete-optimisation",
              "the margin still rose in the last ten steps of %s on %s"
                  .formatted(attack.name(), ofTraces(incomplete)),
              "give it more steps, or larger ones"));
    }
    return flags;
  }

  /** What the classifier does to attacks. */
  List<Flag> ofTheClassifier() {
    List<Flag> flags = new ArrayList<>();
    unstablePredictions(flags);
    long lost = count(Trace::lostItsGradient);
    if (lost > 0) {
      flags.add(
          new Flag(
              Checkup.ZERO_GRADIENT,
              "%s met a gradient of zero on its way on %s".formatted(attack.name(), ofTraces(lost)),
              "it cannot go on from there: start from random points, run square, or attack a"
                  + " surrogate"));
    }
    return flags;
  }

  private long count(Predicate<Trace> property) {
    return traces.get().stream().filter(property).count();
  }

  private String ofTraces(long count) {
    return "%d of %d pictures that it left standing".formatted(count, traces.get().size());
  }

  private void unstablePredictions(List<Flag> flags) {
    double change = medianChange();
    if (change > UNSTABLE) {
      flags.add(
          new Flag(
              "unstable-predictions",
              "noise within 4/255 changes the margin of half the pictures by %.0f %% or more"
                  .formatted(100 * change),
              "a gradient says little about what is around: run square, and average gradients over"
                  + " noise (nes, spsa)"));
    }
  }

  /**
   * By which share of itself the margin of a picture changes under noise, in the mean over noise
   * and the median over pictures.
   */
  double medianChange() {
    int count = pictures.count();
    if (count == 0) {
      return 0;
    }
    int[] rows = Rows.all(count);
    double[] changes = new double[count];
    try (Scope _ = Scope.open("noise")) {
      Oracle oracle = Oracle.of(classifier, pictures);
      Response clean = oracle.ask(pictures.images(), rows);
      for (int look = 0; look < NOISE; look++) {
        try (Scope _ = Scope.open("look")) {
          Response noisy = oracle.ask(noisy(look), rows);
          for (int row : rows) {
            double reference = margin(row, clean.logits(row));
            double change = Math.abs(margin(row, noisy.logits(row)) - reference);
            changes[row] += change / (reference == 0 ? 1 : Math.abs(reference)) / NOISE;
          }
        }
      }
    }
    Arrays.sort(changes);
    return Math.min(1, changes[count / 2]);
  }

  private Tensor noisy(int look) {
    long[] streams =
        Arrays.stream(pictures.ids()).map(id -> (long) look << Integer.SIZE | id).toArray();
    Shape shape = pictures.images().shape();
    Tensor noise =
        Tensor.random(
                Distribution.UNIFORM,
                seed,
                AttackPurpose.NOISE.number(),
                Tensor.ofLongs(pictures.images().device(), Shape.of(streams.length), streams),
                Math.toIntExact(shape.without(0).count()))
            .reshape(shape.toArray());
    return pictures.images().add(noise.affine(WIDTH, -WIDTH / 2)).clamp(0, 1);
  }

  private double margin(int row, double... logits) {
    return Loss.MARGIN.of(pictures, row, logits).value();
  }

  /** Pictures that fool the surrogate and not the classifier they were made for. */
  private void transferFailure(List<Flag> flags, Transfer transfer) {
    int[] rows = standing();
    boolean[] unfooled =
        Standing.after(
            transfer.surrogate(), pictures.select(rows), threat, seed, transfer.attack());
    int lost = rows.length - Standing.count(unfooled);
    if (lost > 1 && 2 * lost > pictures.count()) {
      flags.add(
          new Flag(
              "transfer-failure",
              "%d of %d pictures fool the surrogate and not the model under attack"
                  .formatted(lost, pictures.count()),
              "the surrogate is too unlike: train one on the model's answers, or attack the model"
                  + " itself, by its gradients or by queries"));
    }
  }
}
