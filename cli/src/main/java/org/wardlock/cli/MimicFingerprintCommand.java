package org.wardlock.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.wardlock.attacks.Features;
import org.wardlock.attacks.mimic.Fingerprint;
import org.wardlock.attacks.mimic.Mimic;
import org.wardlock.data.Dataset;
import org.wardlock.data.Selection;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Tensor;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Which public network a model was made from. */
@Command(
    name = "fingerprint",
    description =
        "Finds the public model that a model was fine-tuned from, among candidates: of pictures with the"
            + " features of nothing in particular it has no opinion, if they are the right one's features.",
    mixinStandardHelpOptions = true)
final class MimicFingerprintCommand implements Callable<Integer> {
  /** What features shall become. */
  enum Aim {
    ZERO,
    MEAN
  }

  /** Pictures whose features make the mean, at most. */
  private static final int EXAMPLES = 100;

  @Spec private CommandSpec spec;
  @Mixin private CommonOptions common;
  @Mixin private DataOptions data;
  @Mixin private KeyOptions keys;

  @Option(
      names = "--student",
      required = true,
      paramLabel = "M",
      description =
          "The model in question, a folder that train made; an adapter of a candidate, too.")
  private Path studentFolder;

  @Option(
      names = "--teacher",
      required = true,
      split = ",",
      paramLabel = "M",
      description = "The candidates, with commas between: each " + MimicTeacher.NAMES + ".")
  private List<String> teacherNames;

  @Option(
      names = "--cutoff",
      paramLabel = "LAYER",
      description =
          "The layer up to which the student is thought to have kept its teacher, embedding or such as block12"
              + " (default: each candidate's last block).")
  private Optional<String> cutoff;

  @Option(
      names = "--aim",
      defaultValue = "mean",
      paramLabel = "mean|zero",
      description =
          "mean: pictures of the data get the candidate's mean features, within a DSSIM of 0.03; zero, as published:"
              + " noise gets features that are all 0 (default: ${DEFAULT-VALUE}).")
  private Aim aim;

  @Option(
      names = "--pictures",
      defaultValue = "4",
      paramLabel = "N",
      description =
          "Pictures made for each candidate, where they are no noise the first of a class-balanced, seeded order"
              + " (default: ${DEFAULT-VALUE}).")
  private int count;

  @Option(
      names = "--steps",
      defaultValue = "" + Mimic.DEFAULT_STEPS,
      paramLabel = "N",
      description = "Steps for each picture, at most (default: ${DEFAULT-VALUE}).")
  private int steps;

  /** What the student says of a candidate's pictures. */
  private record Candidate(String teacher, Fingerprint.Opinion opinion, double remaining) {}

  @Override
  public Integer call() throws IOException {
    if (count < 1 || steps < 1) {
      throw new InputException(
          "--pictures %s, --steps %s: expected at least 1".formatted(count, steps));
    }
    Device device = common.prepareDevice();
    Dataset dataset = data.open(common.seed());
    List<MimicTeacher> teachers = new ArrayList<>();
    try {
      for (String name : teacherNames) {
        teachers.add(MimicTeacher.load(name, device));
      }
      try (MimicStudent student =
          MimicStudent.load(studentFolder, teachers, keys, dataset, device)) {
        teachers.forEach(student::requireSamePictures);
        answer(candidates(teachers, student, dataset), student.classifier().classes());
      }
    } finally {
      teachers.forEach(MimicTeacher::close);
    }
    return 0;
  }

  private List<Candidate> candidates(
      List<MimicTeacher> teachers, MimicStudent student, Dataset dataset) {
    List<Candidate> candidates = new ArrayList<>();
    try (Progress progress = Progress.of("fingerprint", teachers.size())) {
      for (MimicTeacher teacher : teachers) {
        try (Scope _ = Scope.open("candidate")) {
          Features features = cutoff.map(teacher::features).orElseGet(teacher::lastFeatures);
          Fingerprint made = make(features, student, dataset);
          candidates.add(
              new Candidate(teacher.text(), made.of(student.classifier()), made.remaining()));
        }
        progress.step();
      }
    }
    candidates.sort(Comparator.comparingDouble(candidate -> candidate.opinion().gini()));
    return candidates;
  }

  private Fingerprint make(Features features, MimicStudent student, Dataset dataset) {
    if (aim == Aim.ZERO) {
      return Fingerprint.towardsZero(features, count, steps, common.seed());
    }
    Dataset some = examples(dataset, common.seed());
    var pictures =
        new DatasetPictures(
            some, student.network().architecture(), student.network().device(), false);
    Tensor examples = pictures.pictures(0, some.size()).images();
    int changed = Math.min(count, examples.shape().extent(0));
    return Fingerprint.towardsMean(features, examples, changed, steps);
  }

  /** Pictures of all classes, whatever the order they are in. */
  static Dataset examples(Dataset dataset, long seed) {
    return Selection.limit(EXAMPLES, seed).of(dataset);
  }

  private void answer(List<Candidate> candidates, int classes) throws IOException {
    PrintWriter console = spec.commandLine().getOut();
    console.printf(
        Locale.ROOT,
        "the lower the Gini coefficient, the likelier the teacher; no opinion is 0, at a confidence of %.4f%n",
        1.0 / classes);
    for (Candidate candidate : candidates) {
      console.printf(
          Locale.ROOT,
          "%.4f  confidence %.4f  %s; of the features' distance %.1f %% left%n",
          candidate.opinion().gini(),
          candidate.opinion().confidence(),
          candidate.teacher(),
          100 * candidate.remaining());
    }
    List<Map<String, Object>> rows =
        candidates.stream()
            .map(
                candidate ->
                    new Answer()
                        .put("teacher", candidate.teacher())
                        .put("gini", candidate.opinion().gini())
                        .put("confidence", candidate.opinion().confidence())
                        .put("distance_left", candidate.remaining())
                        .values())
            .toList();
    new Answer()
        .put("teacher", candidates.getFirst().teacher())
        .put("candidates", rows)
        .writeTo(common.json());
  }
}
