package org.wardlock.cli.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.wardlock.attacks.Norm;
import org.wardlock.attacks.Rational;
import org.wardlock.attacks.Threat;
import org.wardlock.attacks.evaluation.RecordedRun;
import org.wardlock.nn.files.FormatException;
import org.wardlock.nn.files.JsonFile;
import org.wardlock.nn.model.RunConfig;

/** Finds out what folders and files hold. */
public final class RunReader {
  private static final String METRICS = "metrics.json";
  private static final String EXPECTED = "train, attack, threat, demo or evaluate";

  private RunReader() {}

  /**
   * Reads everything that some places hold, each place once.
   *
   * @param places folders of runs, folders with answers of {@code --json}, such answers
   * @throws FormatException if one holds no run, or one that is not finished or damaged
   */
  public static List<Run> read(List<Path> places) throws IOException {
    Map<Path, Path> distinct = new LinkedHashMap<>();
    for (Path place : places) {
      if (!Files.exists(place)) {
        throw new FormatException(place, "no such file or folder");
      }
      distinct.putIfAbsent(place.toRealPath(), place);
    }
    List<Run> runs = new ArrayList<>();
    for (Path place : distinct.values()) {
      runs.addAll(Files.isDirectory(place) ? folder(place) : List.of(answer(place)));
    }
    return List.copyOf(runs);
  }

  private static Run answer(Path file) throws FormatException {
    JsonFile json = JsonFile.read(file);
    if (Answers.isAttack(json)) {
      throw new FormatException(
          file, "an attack's answer; name the folder of its --out, which has the records too");
    }
    return known(file, json)
        .orElseThrow(
            () ->
                new FormatException(
                    file, "no answer that report knows; expected one of " + EXPECTED));
  }

  /** What can be shown of an answer without its run's folder. */
  private static Optional<Run> known(Path file, JsonFile json) throws FormatException {
    if (Answers.isGrid(json)) {
      return Optional.of(Answers.grid(file, Optional.empty(), json));
    }
    if (Answers.isDemo(json)) {
      return Optional.of(new Run.Demo(file, Optional.empty(), DemoResults.read(json)));
    }
    if (Answers.isTraining(json)) {
      return Optional.of(Answers.training(file, Optional.empty(), json));
    }
    return Answers.isEvaluation(json)
        ? Optional.of(Answers.evaluation(file, json))
        : Optional.empty();
  }

  private static List<Run> folder(Path folder) throws IOException {
    List<Run> runs = new ArrayList<>();
    boolean isRun = Files.exists(folder.resolve(RunConfig.FILE));
    if (isRun) {
      runs.add(run(folder, RunConfig.read(folder)));
    }
    for (Path file : jsonFiles(folder)) {
      JsonFile json = JsonFile.read(file);
      // beside a run only what another command left there
      if (!isRun || Answers.isEvaluation(json)) {
        known(file, json).ifPresent(runs::add);
      }
    }
    if (runs.isEmpty()) {
      throw new FormatException(folder, "holds no run" + advice(folder));
    }
    return runs;
  }

  private static List<Path> jsonFiles(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.getFileName().toString().endsWith(".json"))
          .filter(file -> !file.getFileName().toString().startsWith("."))
          .filter(Files::isRegularFile)
          .sorted()
          .toList();
    }
  }

  private static String advice(Path folder) throws IOException {
    try (Stream<Path> inside = Files.list(folder)) {
      List<Path> runs =
          inside
              .filter(one -> Files.exists(one.resolve(RunConfig.FILE)))
              .sorted()
              .limit(4)
              .toList();
      return runs.isEmpty()
          ? ": neither %s nor an answer of --json is in it".formatted(RunConfig.FILE)
          : " itself; name those in it: "
              + runs.stream().map(Path::toString).collect(Collectors.joining(" "));
    }
  }

  private static Run run(Path folder, RunConfig config) throws IOException {
    // models are trained by other commands, too: each has a folder of its own
    if (config.model().isPresent() && Files.exists(folder.resolve(METRICS))) {
      return training(folder, config);
    }
    return switch (config.command()) {
      case "train" -> training(folder, config);
      case "attack" -> attack(folder, config);
      case "threat" -> Answers.grid(folder, Optional.of(config), finished(folder, "threat.json"));
      case "mimic" -> Answers.mimicry(folder, Optional.of(config), finished(folder, "mimic.json"));
      case "demo" ->
          new Run.Demo(
              folder, Optional.of(config), DemoResults.read(finished(folder, "demo.json")));
      default -> other(folder, config);
    };
  }

  /** The answer of a command lies in its run's folder, under its name. */
  private static Run other(Path folder, RunConfig config) throws FormatException {
    JsonFile answer = finished(folder, config.command().replace(' ', '-') + ".json");
    PlainAnswer plain = new PlainAnswer(answer.content());
    return new Run.Other(folder, Optional.of(config), plain.facts(), plain.tables());
  }

  private static JsonFile finished(Path folder, String answer) throws FormatException {
    Path file = folder.resolve(answer);
    if (!Files.exists(file)) {
      throw new FormatException(folder, "the run is not finished, as it has no " + answer);
    }
    return JsonFile.read(file);
  }

  private static Run training(Path folder, RunConfig config) throws FormatException {
    JsonFile metrics = finished(folder, METRICS);
    if (!metrics.has("final")) {
      throw new FormatException(folder.resolve(METRICS), "final is missing: damaged");
    }
    if (!Files.exists(folder.resolve("model.safetensors")) && isUnfinished(folder)) {
      throw new FormatException(folder, "the training is not finished; go on with train --resume");
    }
    return Answers.training(folder, Optional.of(config), metrics);
  }

  /** Metrics are written after each epoch, weights at the end, whatever these are called. */
  private static boolean isUnfinished(Path folder) throws FormatException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.noneMatch(file -> file.toString().endsWith(".safetensors"));
    } catch (IOException e) {
      throw new FormatException(folder, "cannot be read: " + e.getMessage(), e);
    }
  }

  private static Run attack(Path folder, RunConfig config) throws FormatException {
    JsonFile answer = finished(folder, "attack.json");
    RecordedRun records = RecordedRun.read(folder);
    int expected = config.data().map(data -> data.identity().count()).orElse(0);
    if (records.pictures().size() != expected) {
      throw new FormatException(
          folder,
          "%d of %d pictures are done; go on with attack --resume"
              .formatted(records.pictures().size(), expected));
    }
    return new Run.Attack(
        folder,
        Optional.of(config),
        records,
        threat(folder, records),
        records.report(),
        Answers.flags(answer));
  }

  private static Threat threat(Path folder, RecordedRun records) throws FormatException {
    String text = records.identity().getOrDefault("threat", "none");
    String[] words = text.split(" ", -1);
    try {
      if (words.length == 2) {
        return new Threat(Norm.parse(words[0]), Rational.parse(words[1]));
      }
    } catch (IllegalArgumentException e) {
      throw new FormatException(folder, "threat '" + text + "': " + e.getMessage(), e);
    }
    throw new FormatException(folder, "threat '" + text + "', expected one such as linf 8/255");
  }
}
