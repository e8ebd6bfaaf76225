package org.wardlock.cli.report;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.wardlock.attacks.Threat;
import org.wardlock.attacks.evaluation.AttackReport;
import org.wardlock.attacks.evaluation.RecordedRun;
import org.wardlock.cli.report.HtmlPage.Notice;
import org.wardlock.nn.model.RunConfig;

/** Something that was run, as its files tell it. */
public sealed interface Run {
  /** Where it was read. */
  Path place();

  /** How it was called; an answer of {@code --json} alone does not say. */
  Optional<RunConfig> config();

  /** What kind of run it is, in a word. */
  String kind();

  /**
   * A model that was trained.
   *
   * @param epochs in order
   */
  record Training(Path place, Optional<RunConfig> config, List<Epoch> epochs) implements Run {
    @Override
    public String kind() {
      return "training";
    }
  }

  /** What an epoch came to; accuracies are parts of 1. */
  record Epoch(
      long number,
      double loss,
      double training,
      OptionalDouble validation,
      double imagesPerSecond) {}

  /**
   * Clean accuracy.
   *
   * @param shares top-1 and top-5, by name; none of pictures without labels
   * @param facts what else it says, by name
   */
  record Evaluation(
      Path place,
      Optional<RunConfig> config,
      long images,
      Map<String, Share> shares,
      Optional<WrongKeys> wrongKeys,
      Map<String, String> facts)
      implements Run {
    @Override
    public String kind() {
      return "evaluation";
    }
  }

  /**
   * Accuracies under keys that are not a model's own, parts of 1.
   *
   * @param interval of the mean, in words; may be empty
   */
  record WrongKeys(long keys, double mean, double least, double most, String interval) {
    /** The rows of a table of two columns. */
    List<List<Table.Cell>> rows() {
      return List.of(
          List.of(
              Table.Cell.of("%d wrong keys, mean".formatted(keys)),
              Table.Cell.of(Share.of(mean).text(), interval)),
          List.of(Table.Cell.of("worst wrong key for an impostor"), Table.Cell.of(Share.of(least))),
          List.of(Table.Cell.of("best wrong key for an impostor"), Table.Cell.of(Share.of(most))));
    }
  }

  /**
   * An attack.
   *
   * @param report sums the records up
   * @param flags that were raised
   */
  record Attack(
      Path place,
      Optional<RunConfig> config,
      RecordedRun records,
      Threat threat,
      AttackReport report,
      List<Notice> flags)
      implements Run {
    @Override
    public String kind() {
      return "attack";
    }

    /** The accuracy that is left, as one line of the report says it. */
    Share robust() {
      return new Share(
          report.robustAccuracy(), Optional.of(report.interval(report.robustAccuracy())));
    }

    /** Likewise without attack. */
    Share clean() {
      return new Share(
          report.cleanAccuracy(), Optional.of(report.interval(report.cleanAccuracy())));
    }

    /** What was attacked, for people. */
    String attacks() {
      Optional<String> suite = config.map(RunConfig::options).map(all -> all.get("--version"));
      String made =
          suite.map(name -> "AutoAttack " + name).orElse(String.join(", ", records.attacks()));
      return records.identity().containsKey("surrogate") ? made + ", on a surrogate" : made;
    }
  }

  /**
   * The grid of attackers of a keyed model.
   *
   * @param withoutKey what stands against everybody who lacks the key, if any of them was tried
   * @param withKey what stands against who has it, if that was tried
   */
  record Grid(
      Path place,
      Optional<RunConfig> config,
      String threat,
      long images,
      Optional<Share> clean,
      Optional<Share> withoutKey,
      Optional<Share> withKey,
      List<Attacker> rows,
      List<String> missing)
      implements Run {
    @Override
    public String kind() {
      return "threat grid";
    }
  }

  /**
   * A row of the grid.
   *
   * @param knows what the attacker knows
   * @param how the attacker goes about it; may be empty
   * @param robust what is left, or nothing if the row was not run
   * @param found what making ready came to; may be empty
   * @param absence why the row was not run; may be empty
   */
  record Attacker(
      String name,
      String knows,
      String how,
      boolean hasKey,
      Optional<Share> robust,
      Optional<Long> queries,
      String found,
      String absence) {}

  /**
   * The mimic attack on a student.
   *
   * @param scales at which structural similarity was measured
   * @param rounds one for each budget, in order
   */
  record Mimicry(Path place, Optional<RunConfig> config, int scales, List<Round> rounds)
      implements Run {
    @Override
    public String kind() {
      return "mimicry";
    }
  }

  /**
   * What mimicking came to within one budget.
   *
   * @param budget the largest DSSIM
   * @param targeted taken for the target's class
   * @param untargeted taken for any class but their own, the target's among them
   * @param remaining which share of the features' distance is left, in the mean
   * @param steps likewise
   */
  record Round(
      double budget,
      long pairs,
      Share targeted,
      Share untargeted,
      double meanDissimilarity,
      double largestDissimilarity,
      double remaining,
      double steps) {}

  /** The demo's findings. */
  record Demo(Path place, Optional<RunConfig> config, DemoResults results) implements Run {
    @Override
    public String kind() {
      return "demo";
    }
  }

  /**
   * What another command found, as its answer has it.
   *
   * @param facts single values, by name
   * @param tables the rest
   */
  record Other(
      Path place, Optional<RunConfig> config, Map<String, String> facts, List<Table> tables)
      implements Run {
    @Override
    public String kind() {
      return config.map(RunConfig::command).orElse("answer");
    }
  }
}
