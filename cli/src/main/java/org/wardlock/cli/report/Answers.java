package org.wardlock.cli.report;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.wardlock.attacks.evaluation.WilsonInterval;
import org.wardlock.cli.report.HtmlPage.Notice;
import org.wardlock.cli.report.Run.WrongKeys;
import org.wardlock.nn.files.FormatException;
import org.wardlock.nn.files.JsonFile;
import org.wardlock.nn.model.RunConfig;

/** Reads what {@code --json} and runs' folders say, field by field. */
final class Answers {
  private Answers() {}

  static boolean isEvaluation(JsonFile json) {
    return json.has("images") && json.has("images_per_second") && json.has("device");
  }

  static boolean isAttack(JsonFile json) {
    return json.has("robust_accuracy") && json.has("attacks");
  }

  static boolean isGrid(JsonFile json) {
    return json.has("rows") && json.has("without_key");
  }

  static boolean isDemo(JsonFile json) {
    return json.has("plain") && json.has("keyed") && json.has("wrong_key");
  }

  static boolean isTraining(JsonFile json) {
    return json.has("epochs");
  }

  static Run.Evaluation evaluation(Path place, JsonFile json) throws FormatException {
    long images = json.integer("images", 1, Integer.MAX_VALUE);
    Map<String, Share> shares = new LinkedHashMap<>();
    for (String name : List.of("top1", "top5")) {
      if (json.has(name)) {
        shares.put(name.replace("top", "top-"), Share.of(share(json, name), images));
      }
    }
    Map<String, String> facts = new LinkedHashMap<>();
    if (json.has("loss")) {
      facts.put("loss", String.format(Locale.ROOT, "%.4f", json.number("loss")));
    }
    facts.put(
        "pictures a second", String.format(Locale.ROOT, "%.1f", json.number("images_per_second")));
    facts.put("device", json.text("device"));
    Optional<WrongKeys> wrong =
        json.has("wrong_key") ? Optional.of(wrongKeys(json.object("wrong_key"))) : Optional.empty();
    Optional<RunConfig> config =
        json.has("config")
            ? Optional.of(RunConfig.fromJson(json.object("config")))
            : Optional.empty();
    return new Run.Evaluation(place, config, images, shares, wrong, facts);
  }

  static WrongKeys wrongKeys(JsonFile json) throws FormatException {
    List<Double> ends = json.has("interval") ? json.numbers("interval") : List.of();
    return new WrongKeys(
        json.integer("keys"),
        share(json, "mean"),
        share(json, "min"),
        share(json, "max"),
        ends.size() == 2 ? Share.rangeText(ends.get(0), ends.get(1)) : "");
  }

  static Run.Training training(Path place, Optional<RunConfig> config, JsonFile json)
      throws FormatException {
    List<Run.Epoch> epochs = new ArrayList<>();
    for (JsonFile epoch : json.objects("epochs")) {
      epochs.add(
          new Run.Epoch(
              epoch.integer("epoch"),
              epoch.number("loss"),
              share(epoch, "train_top1"),
              epoch.has("val_top1")
                  ? OptionalDouble.of(share(epoch, "val_top1"))
                  : OptionalDouble.empty(),
              epoch.number("images_per_second")));
    }
    if (epochs.isEmpty()) {
      throw new FormatException(place, "a training without a finished epoch");
    }
    return new Run.Training(place, config, List.copyOf(epochs));
  }

  static Run.Grid grid(Path place, Optional<RunConfig> config, JsonFile json)
      throws FormatException {
    List<Run.Attacker> rows = new ArrayList<>();
    for (JsonFile row : json.objects("rows")) {
      rows.add(attacker(row));
    }
    // against nobody everything stands, which says nothing
    boolean isTried =
        !json.has("without_key_attackers") || !json.texts("without_key_attackers").isEmpty();
    return new Run.Grid(
        place,
        config,
        json.optionalText("threat").orElse("not said"),
        json.has("images") ? json.integer("images") : 0,
        optionalShare(json, "clean_accuracy"),
        isTried ? Optional.of(intervalShare(json, "without_key")) : Optional.empty(),
        optionalShare(json, "with_key"),
        List.copyOf(rows),
        json.has("without_key_missing") ? json.texts("without_key_missing") : List.of());
  }

  private static Run.Attacker attacker(JsonFile row) throws FormatException {
    String letter = row.optionalText("letter").map(text -> text + " ").orElse("");
    List<String> findings = new ArrayList<>();
    if (row.has("findings")) {
      row.textMap("findings").forEach((name, found) -> findings.add(name + ": " + found));
    }
    return new Run.Attacker(
        letter + row.text("attacker"),
        row.text("knows"),
        row.optionalText("how").orElse(""),
        row.has("has_key") && row.truth("has_key"),
        optionalShare(row, "robust_accuracy"),
        row.has("queries") ? Optional.of(row.integer("queries")) : Optional.empty(),
        String.join("; ", findings),
        row.optionalText("not_run").orElse(""));
  }

  static Run.Mimicry mimicry(Path place, Optional<RunConfig> config, JsonFile json)
      throws FormatException {
    List<Run.Round> rounds = new ArrayList<>();
    for (JsonFile round : json.objects("budgets")) {
      JsonFile dissimilarity = round.object("dssim");
      rounds.add(
          new Run.Round(
              round.number("budget"),
              round.integer("pairs", 1, Integer.MAX_VALUE),
              intervalShare(round, "targeted_success"),
              intervalShare(round, "untargeted_success"),
              dissimilarity.number("mean"),
              dissimilarity.number("max"),
              share(round, "distance_left"),
              round.number("steps")));
    }
    if (rounds.isEmpty()) {
      throw json.problem("budgets is empty, expected at least one", null);
    }
    return new Run.Mimicry(place, config, json.integer("scales", 1, 5), List.copyOf(rounds));
  }

  /** The flags of an attack's answer. */
  static List<Notice> flags(JsonFile json) throws FormatException {
    List<Notice> notices = new ArrayList<>();
    for (JsonFile flag : json.objects("flags")) {
      notices.add(new Notice(flag.text("name"), flag.text("seen"), flag.text("next")));
    }
    return List.copyOf(notices);
  }

  static double share(JsonFile json, String field) throws FormatException {
    double value = json.number(field);
    if (!(value >= 0 && value <= 1)) {
      throw json.problem("%s is %s, expected a part of 1".formatted(field, value), null);
    }
    return value;
  }

  private static Optional<Share> optionalShare(JsonFile json, String field) throws FormatException {
    return json.has(field) ? Optional.of(intervalShare(json, field)) : Optional.empty();
  }

  /** A share, with the interval that the field after it holds, if there is one. */
  private static Share intervalShare(JsonFile json, String field) throws FormatException {
    double value = share(json, field);
    String name = json.has(field + "_interval") ? field + "_interval" : "interval";
    if (!json.has(name)) {
      return Share.of(value);
    }
    List<Double> ends = json.numbers(name);
    if (ends.size() != 2 || !(0 <= ends.get(0) && ends.get(0) <= ends.get(1) && ends.get(1) <= 1)) {
      throw json.problem(
          "%s is %s, expected two parts of 1, the smaller first".formatted(name, ends), null);
    }
    return new Share(value, Optional.of(new WilsonInterval(ends.get(0), ends.get(1))));
  }
}
