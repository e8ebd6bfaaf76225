package org.wardlock.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.wardlock.attacks.evaluation.WilsonInterval;
import org.wardlock.data.Batch;
import org.wardlock.data.BatchLoader;
import org.wardlock.data.BatchStream;
import org.wardlock.data.Dataset;
import org.wardlock.defense.differentiators.DifferentiatorFolder;
import org.wardlock.defense.differentiators.DifferentiatorSet;
import org.wardlock.defense.differentiators.ValidatedClassifier;
import org.wardlock.defense.differentiators.Validation;
import org.wardlock.defense.differentiators.Verdict;
import org.wardlock.nn.Pixels;
import org.wardlock.nn.model.ImageClassifier;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Scope;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What differentiators cost on clean pictures, and how many adversarial ones they stop. */
@Command(
    name = "evaluate",
    description =
        "Measures what validation by differentiators costs on clean pictures and stops of"
            + " adversarial ones, against pruning ratio and vote.",
    mixinStandardHelpOptions = true)
final class DifferentiatorsEvaluateCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private CommonOptions common;
  @Mixin private DifferentiatorsStudent student;
  @Mixin private DifferentiatorsSets sets;
  @Mixin private DataOptions data;
  @Mixin private DifferentiatorsVoting voting;

  @Option(
      names = "--pictures",
      split = ",",
      paramLabel = "DIR",
      description =
          "Adversarial pictures: the folder of mimic, of attack --keep-images or of a row of"
              + " differentiators attack; several with commas between.")
  private List<Path> pictures = List.of();

  @Option(
      names = "--batch",
      defaultValue = "64",
      paramLabel = "N",
      description = "Pictures at a time; changes no result (default: ${DEFAULT-VALUE}).")
  private int batch;

  @Override
  public Integer call() throws IOException {
    List<Validation> validations = voting.parse();
    InputException.requirePositive("--batch", batch);
    Device device = common.prepareDevice();
    Dataset clean = data.open(common.seed());
    AttackCommand.requireLabels(clean);
    try (Scope _ = Scope.open("evaluation of differentiators");
        ImageClassifier network = student.load(clean, device)) {
      var attacked = new ArrayList<DifferentiatorsPictures>();
      for (Path asked : pictures) {
        for (Path place : DifferentiatorsPictures.places(asked)) {
          attacked.add(
              DifferentiatorsPictures.read(place, network.imageShape(), network.classes()));
        }
      }
      var rows = new ArrayList<Map<String, Object>>();
      for (DifferentiatorFolder folder : sets.open(network)) {
        rows.addAll(evaluate(folder, network, clean, attacked, validations));
      }
      answer(rows, clean).writeTo(common.json());
    }
    return 0;
  }

  /** The rows of one set, for all validations: what they have in common is computed once. */
  private List<Map<String, Object>> evaluate(
      DifferentiatorFolder folder,
      ImageClassifier network,
      Dataset clean,
      List<DifferentiatorsPictures> attacked,
      List<Validation> validations)
      throws IOException {
    try (DifferentiatorSet set = folder.load(network)) {
      var judge = new ValidatedClassifier(network, set, DifferentiatorsVoting.widest(validations));
      List<Verdict> onClean = judge(judge, clean, network);
      var onAttacked = new ArrayList<List<Verdict>>();
      for (DifferentiatorsPictures each : attacked) {
        onAttacked.add(judge(judge, each));
      }
      int[] labels = new int[clean.size()];
      for (int i = 0; i < labels.length; i++) {
        labels[i] = clean.label(i);
      }
      var rows = new ArrayList<Map<String, Object>>();
      for (Validation validation : validations) {
        DifferentiatorsTally tally = DifferentiatorsTally.of(onClean, validation, labels);
        var tallies = new ArrayList<DifferentiatorsTally>();
        for (int i = 0; i < attacked.size(); i++) {
          tallies.add(
              DifferentiatorsTally.of(onAttacked.get(i), validation, attacked.get(i).labels()));
        }
        rows.add(row(folder, validation, tally, attacked, tallies));
      }
      return rows;
    }
  }

  private List<Verdict> judge(ValidatedClassifier judge, Dataset clean, ImageClassifier network) {
    var verdicts = new ArrayList<Verdict>();
    BatchLoader loader = Loaders.of(clean, network.architecture()).batchSize(batch).build();
    try (Progress progress = Progress.of("clean", clean.size());
        BatchStream batches = loader.epoch(0)) {
      while (batches.hasNext()) {
        Batch some = batches.next();
        try (Scope _ = Scope.open("clean batch")) {
          verdicts.addAll(judge.judge(Pixels.of(network.device(), some)));
        }
        loader.recycle(some);
        progress.moveTo(verdicts.size(), "");
      }
    }
    return verdicts;
  }

  private List<Verdict> judge(ValidatedClassifier judge, DifferentiatorsPictures attacked) {
    var verdicts = new ArrayList<Verdict>();
    int count = attacked.labels().length;
    try (Progress progress = Progress.of("attacked", count)) {
      while (verdicts.size() < count) {
        int start = verdicts.size();
        try (Scope _ = Scope.open("attacked batch")) {
          int end = Math.min(start + batch, count);
          verdicts.addAll(judge.judge(attacked.images().slice(0, start, end).to(judge.device())));
        }
        progress.moveTo(verdicts.size(), "");
      }
    }
    return verdicts;
  }

  private Map<String, Object> row(
      DifferentiatorFolder folder,
      Validation validation,
      DifferentiatorsTally clean,
      List<DifferentiatorsPictures> shown,
      List<DifferentiatorsTally> attacked)
      throws IOException {
    Answer row =
        new Answer()
            .put("pruned", folder.pruned())
            .put("kind", folder.kind().toString())
            .put("validate", validation.asked())
            .put("vote", validation.vote().toString())
            .put("bytes", folder.bytes());
    clean.putClean(row);
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        Locale.ROOT,
        "pruned %s, %s, %d asked, %s: clean %.2f %% (%.2f %% undefended), %.2f %% of clean rejected",
        DifferentiatorsSets.text(folder.pruned()),
        folder.kind(),
        validation.asked(),
        validation.vote(),
        100.0 * clean.rightAccepted() / clean.pictures(),
        100.0 * clean.right() / clean.pictures(),
        100.0 * clean.rejected() / clean.pictures());
    if (!attacked.isEmpty()) {
      DifferentiatorsTally all = attacked.stream().reduce(DifferentiatorsTally::plus).orElseThrow();
      DifferentiatorsTally.share(row, "stopped", all.wrongRejected(), all.wrong());
      var each = new ArrayList<Map<String, Object>>();
      for (int i = 0; i < attacked.size(); i++) {
        each.add(attacked.get(i).attacked(shown.get(i).place().toString()));
      }
      row.put("attacked", each);
      out.printf(
          Locale.ROOT,
          "; %d of %d that fool the student stopped",
          all.wrongRejected(),
          all.wrong());
    }
    out.println();
    return row.values();
  }

  /** All rows; where there is but one, also what it says by itself. */
  private static Answer answer(List<Map<String, Object>> rows, Dataset clean) {
    Answer answer = new Answer().put("images", clean.size()).put("interval", WilsonInterval.NAME);
    if (rows.size() == 1) {
      rows.getFirst().forEach(answer::put);
    }
    return answer.put("rows", rows);
  }
}
