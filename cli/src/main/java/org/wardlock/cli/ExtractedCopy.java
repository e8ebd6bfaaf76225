package org.wardlock.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.wardlock.attacks.evaluation.Share;
import org.wardlock.attacks.evaluation.WilsonInterval;
import org.wardlock.attacks.extraction.Predictions;
import org.wardlock.attacks.extraction.SurrogateTransfer;
import org.wardlock.nn.files.FormatException;
import org.wardlock.nn.files.JsonFile;

/**
 * One copy of a victim, and what it is worth.
 *
 * @param budget questions that were allowed for it
 * @param queries pictures that the service was shown for it, those to fine-tune on included
 * @param fineTuned answers to fine-tune on
 * @param classes how many pictures of the pool the service took for each class
 * @param epochs of its training
 * @param right how many test pictures it takes for what they are
 * @param macroF1 on them
 * @param fidelity to the victim on them
 * @param transfer what pictures made on it do to the victim, if any were made
 */
record ExtractedCopy(
    int budget,
    int queries,
    int fineTuned,
    List<Integer> classes,
    int epochs,
    Share right,
    double macroF1,
    Share fidelity,
    Optional<SurrogateTransfer.Result> transfer) {
  /** Where it is written down in the copy's folder, when all is done. */
  static final String FILE = "copy.json";

  private static final int FORMAT = 1;

  /**
   * What was written down, if the copy is finished.
   *
   * @param identity what it must have been judged on and made of
   */
  static Optional<ExtractedCopy> read(Path folder, Map<String, String> identity)
      throws FormatException {
    Path file = folder.resolve(FILE);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    JsonFile json = JsonFile.read(file, FORMAT);
    json.requireSame("identity", identity);
    var classes = new ArrayList<Integer>();
    for (double count : json.numbers("classes")) {
      classes.add((int) count);
    }
    Optional<JsonFile> transfer = json.optionalObject("transfer");
    return Optional.of(
        new ExtractedCopy(
            count(json, "budget"),
            count(json, "queries"),
            count(json, "fine_tune_queries"),
            List.copyOf(classes),
            count(json, "epochs"),
            new Share(count(json, "right"), count(json, "pictures")),
            json.number("macro_f1"),
            new Share(count(json, "agreed"), count(json, "pictures")),
            transfer.isPresent() ? Optional.of(transfer(transfer.get())) : Optional.empty()));
  }

  private static int count(JsonFile json, String field) throws FormatException {
    return json.integer(field, 0, Integer.MAX_VALUE);
  }

  private static SurrogateTransfer.Result transfer(JsonFile json) throws FormatException {
    var lines = new ArrayList<SurrogateTransfer.Line>();
    for (JsonFile line : json.objects("attacks")) {
      lines.add(
          new SurrogateTransfer.Line(
              line.text("name"),
              count(line, "fooled"),
              count(line, "standing"),
              count(line, "agreed")));
    }
    return new SurrogateTransfer.Result(
        count(json, "pictures"), count(json, "clean"), count(json, "standing"), lines);
  }

  void write(Path folder, Map<String, String> identity) throws IOException {
    var json = new LinkedHashMap<String, Object>();
    json.put("format", FORMAT);
    json.put("identity", identity);
    json.put("budget", budget);
    json.put("queries", queries);
    json.put("fine_tune_queries", fineTuned);
    json.put("classes", classes);
    json.put("epochs", epochs);
    json.put("pictures", right.total());
    json.put("right", right.count());
    json.put("agreed", fidelity.count());
    json.put("macro_f1", macroF1);
    transfer.ifPresent(
        result -> {
          var part = new LinkedHashMap<String, Object>();
          part.put("pictures", result.pictures());
          part.put("clean", result.clean());
          part.put("standing", result.standing());
          part.put("attacks", result.lines().stream().map(ExtractedCopy::line).toList());
          json.put("transfer", part);
        });
    JsonFile.replace(folder.resolve(FILE), json);
  }

  private static Map<String, Object> line(SurrogateTransfer.Line line) {
    var json = new LinkedHashMap<String, Object>();
    json.put("name", line.attack());
    json.put("fooled", line.fooled());
    json.put("standing", line.standing());
    json.put("agreed", line.agreed());
    return json;
  }

  /**
   * The copy for the answer of the command, beside its victim.
   *
   * @param detailed whether each attack is told of, or all of them together
   */
  Map<String, Object> toJson(Predictions victim, boolean detailed) {
    var answer =
        new Answer()
            .put("budget", budget)
            .put("queries", queries)
            .put("fine_tune_queries", fineTuned)
            .put("epochs", epochs)
            .put("copy_top1", right.value())
            .put("copy_top1_interval", interval(right))
            .put("top1_ratio", ratio(right.value(), victim.right().value()))
            .put("macro_f1", macroF1)
            .put("macro_f1_ratio", ratio(macroF1, victim.macroF1()))
            .put("fidelity", fidelity.value())
            .put("fidelity_interval", interval(fidelity))
            .put("answers_per_class", classes);
    transfer.ifPresent(result -> answer.put("transfer", transferJson(result, detailed)));
    return answer.values();
  }

  private static Map<String, Object> transferJson(
      SurrogateTransfer.Result result, boolean detailed) {
    double count = result.pictures();
    var answer =
        new Answer()
            .put("images", result.pictures())
            .put("clean_accuracy", result.clean() / count)
            .put("robust_accuracy", result.stands().value())
            .put("robust_accuracy_interval", interval(result.stands()))
            .put("agreement", result.agreement().value());
    if (detailed) {
      answer.put("attacks", result.lines().stream().map(line -> attackJson(line, count)).toList());
    }
    return answer.values();
  }

  private static Map<String, Object> attackJson(SurrogateTransfer.Line line, double count) {
    return new Answer()
        .put("name", line.attack())
        .put("copy_fooled", line.fooled() / count)
        .put("robust_accuracy", line.standing() / count)
        .put("agreement", line.agreed() / count)
        .values();
  }

  private static List<Double> interval(Share share) {
    WilsonInterval interval = share.interval();
    return List.of(interval.low(), interval.high());
  }

  /** Of a victim that is never right, a copy is as good as any: 0. */
  static double ratio(double copy, double victim) {
    return victim > 0 ? copy / victim : 0;
  }
}
