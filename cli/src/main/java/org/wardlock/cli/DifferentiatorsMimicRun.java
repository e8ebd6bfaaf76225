package org.wardlock.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.wardlock.attacks.Features;
import org.wardlock.attacks.Pictures;
import org.wardlock.attacks.Rows;
import org.wardlock.attacks.mimic.Mimic;
import org.wardlock.attacks.mimic.MimicOutcome;
import org.wardlock.attacks.mimic.MimicResult;
import org.wardlock.defense.differentiators.ValidatedClassifier;
import org.wardlock.defense.differentiators.Validation;
import org.wardlock.defense.differentiators.Verdict;
import org.wardlock.nn.model.ImageClassifier;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Tensor;

/**
 * Mimics pair after pair in the eyes of the student and of the differentiators that will be asked:
 * those about the target, and the one that tells it from the picture's own class.
 *
 * @param student whose features are mimicked with theirs
 * @param validated student and differentiators
 * @param cutoff the layer whose features are mimicked
 * @param steps at most
 * @param enough a picture that is accepted as of the target's class by all of them is left alone;
 *     none where every pair takes its steps
 */
record DifferentiatorsMimicRun(
    ImageClassifier student,
    ValidatedClassifier validated,
    DatasetPictures pictures,
    List<MimicPair> pairs,
    String cutoff,
    int steps,
    List<Validation> enough) {
  private static final String ADVERSARIAL = "adversarial";

  /**
   * Goes on with a round.
   *
   * @param recorded is told whenever a pair has been recorded
   * @return all its records, of those that were made before the user interrupted
   */
  List<MimicRecord> run(MimicRound round, Runnable recorded) throws IOException {
    var records = new ArrayList<>(round.records());
    while (records.size() < pairs.size() && !Interruption.isRequested()) {
      try (Scope _ = Scope.open("mimicking picture")) {
        records.add(mimic(round, records.size()));
      }
      round.replace(records);
      recorded.run();
    }
    if (records.size() == pairs.size()) {
      round.finish(pairs.size(), ADVERSARIAL, student.imageShape());
    }
    return records;
  }

  private boolean isEnough(Tensor image, int wanted) {
    Verdict verdict = validated.judge(image).getFirst();
    return verdict.named() == wanted && enough.stream().allMatch(verdict::isAccepted);
  }

  private MimicRecord mimic(MimicRound round, int number) throws IOException {
    MimicPair pair = pairs.get(number);
    Pictures source = pictures.pictures(pair.source(), pair.source() + 1);
    int place = pair.targets().getFirst();
    Pictures target = pictures.pictures(place, place + 1);
    // the more a picture looks like its target, the likelier its own class is a runner-up
    List<ImageClassifier> masked = validated.networks(target.images(), source.labels()[0]);
    try {
      List<Features> eyes =
          Stream.concat(Stream.of(student), masked.stream())
              .map(network -> MimicOptions.features(network, cutoff))
              .toList();
      var mimic = new Mimic(new DifferentiatorsFeatures(eyes), round.budget(), steps);
      if (!enough.isEmpty()) {
        mimic = mimic.until((images, _) -> new boolean[] {isEnough(images, target.labels()[0])});
      }
      MimicResult result = mimic.run(source.images(), target.images());
      Verdict verdict = validated.judge(result.images()).getFirst();
      round.keep(number, "source", student.imageShape(), source.images().toFloats());
      round.keep(number, "target", student.imageShape(), target.images().toFloats());
      round.keep(number, ADVERSARIAL, student.imageShape(), Rows.toHost(result.images())[0]);
      MimicOutcome outcome = result.pairs().getFirst();
      return new MimicRecord(
          round.budget(),
          number,
          source.ids()[0],
          source.labels()[0],
          target.ids()[0],
          target.labels()[0],
          verdict.named(),
          outcome.dissimilarity(),
          outcome.distance(),
          outcome.distanceBefore(),
          outcome.steps());
    } finally {
      masked.forEach(ImageClassifier::close);
    }
  }
}
