package org.wardlock.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.wardlock.attacks.Features;
import org.wardlock.attacks.Passes;
import org.wardlock.attacks.Pictures;
import org.wardlock.attacks.Rows;
import org.wardlock.attacks.mimic.Mimic;
import org.wardlock.attacks.mimic.MimicOutcome;
import org.wardlock.attacks.mimic.MimicResult;
import org.wardlock.nn.Classifier;
import org.wardlock.nn.files.FormatException;
import org.wardlock.tensor.NoGrad;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/**
 * Mimics pair after pair within one budget after the other, a few pairs at a time.
 *
 * @param teacher its features at the cut-off
 * @param budgets the largest DSSIM of each round
 * @param steps for each target, at most
 */
record MimicRun(
    Features teacher,
    Classifier student,
    DatasetPictures pictures,
    List<MimicPair> pairs,
    List<Double> budgets,
    int steps,
    int batch) {
  /** Steps that are made to see how long they take, after one for the compiler. */
  private static final int LOOK = 4;

  private static final String ADVERSARIAL = "adversarial";

  /** How many pairs there are in all rounds together. */
  int tasks() {
    return pairs.size() * budgets.size();
  }

  /** The most work that pairs can take, in passes through the teacher. */
  Passes cost(int left) {
    int targets = pairs.getFirst().targets().size();
    return new Mimic(teacher, budgets.getFirst(), steps).cost().times((long) left * targets);
  }

  /** Seconds that a step takes for each target, from a few on the first pairs. */
  double pace() throws IOException {
    int end = Math.min(batch, pairs.size());
    try (Scope _ = Scope.open("a first look")) {
      Tensor sources = sources(0, end);
      Tensor targets = targets(0, end);
      int each = targets.shape().extent(0) / end;
      Mimic longer = new Mimic(teacher, budgets.getFirst(), 1 + LOOK);
      Mimic shorter = new Mimic(teacher, budgets.getFirst(), 1);
      longer.runUntargeted(sources, targets);
      long start = System.nanoTime();
      shorter.runUntargeted(sources, targets);
      long between = System.nanoTime();
      longer.runUntargeted(sources, targets);
      long both = System.nanoTime() - between;
      return Math.max(0, both - (between - start)) * 1e-9 / LOOK / end / each;
    }
  }

  /** How many pairs are recorded, in all rounds together. */
  int done(MimicFolder folder) throws IOException {
    int done = 0;
    for (double budget : budgets) {
      MimicRound round = folder.round(budget);
      int found = round.records().size();
      if (found > pairs.size()) {
        throw new FormatException(
            round.path(), "%d records, expected at most %d".formatted(found, pairs.size()));
      }
      done += found;
    }
    return done;
  }

  /**
   * Goes on with a round.
   *
   * @param recorded is told whenever a pair has been recorded
   * @return all its records
   */
  List<MimicRecord> run(MimicRound round, Runnable recorded) throws IOException {
    var records = new ArrayList<>(round.records());
    while (records.size() < pairs.size()) {
      int start = records.size();
      int end = Math.min(start + batch, pairs.size());
      try (Scope _ = Scope.open("mimicking pictures")) {
        records.addAll(run(round, start, end));
      }
      round.replace(records);
      for (int pair = start; pair < end; pair++) {
        recorded.run();
      }
    }
    round.finish(pairs.size(), ADVERSARIAL, teacher.imageShape());
    return records;
  }

  private List<MimicRecord> run(MimicRound round, int start, int end) throws IOException {
    Tensor sources = sources(start, end);
    Mimic.Untargeted mimicked =
        new Mimic(teacher, round.budget(), steps).runUntargeted(sources, targets(start, end));
    MimicResult result = mimicked.result();
    int[] predictions = predictions(result.images());
    float[][] images = Rows.toHost(result.images());
    Shape one = sources.shape().without(0);
    var records = new ArrayList<MimicRecord>();
    for (int i = 0; i < predictions.length; i++) {
      MimicPair pair = pairs.get(start + i);
      MimicOutcome outcome = result.pairs().get(i);
      Pictures source = picture(pair.source());
      Pictures target = picture(pair.targets().get(mimicked.choices()[i]));
      records.add(
          new MimicRecord(
              round.budget(),
              start + i,
              source.ids()[0],
              source.labels()[0],
              target.ids()[0],
              target.labels()[0],
              predictions[i],
              outcome.dissimilarity(),
              outcome.distance(),
              outcome.distanceBefore(),
              outcome.steps()));
      round.keep(start + i, "source", one, source.images().toFloats());
      round.keep(start + i, "target", one, target.images().toFloats());
      round.keep(start + i, ADVERSARIAL, one, images[i]);
    }
    return records;
  }

  private int[] predictions(Tensor images) {
    try (NoGrad _ = NoGrad.enter()) {
      return student.logits(images).argMax().toInts();
    }
  }

  private Tensor sources(int start, int end) {
    return images(pairs.subList(start, end).stream().map(MimicPair::source).toList());
  }

  private Tensor targets(int start, int end) {
    return images(
        pairs.subList(start, end).stream().flatMap(pair -> pair.targets().stream()).toList());
  }

  private Tensor images(List<Integer> places) {
    return Tensor.concatenate(
        0, places.stream().map(place -> picture(place).images()).toArray(Tensor[]::new));
  }

  private Pictures picture(int place) {
    return pictures.pictures(place, place + 1);
  }
}
