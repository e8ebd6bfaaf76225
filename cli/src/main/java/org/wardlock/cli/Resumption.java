package org.wardlock.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;
import org.wardlock.nn.files.FormatException;
import org.wardlock.nn.model.ModelConfig;
import org.wardlock.nn.model.RunConfig;

/** Compares what a run is resumed with to what it was begun with, before anything is changed. */
final class Resumption {
  /**
   * What may differ from the first time: how the run is watched, on how many threads it computes,
   * and files that are told by their contents, wherever they lie.
   */
  private static final Set<String> FREE =
      Set.of(
          "--resume",
          "--out",
          "--json",
          "--debug",
          "--threads",
          "--data",
          "--ids",
          "--key",
          "--password-file",
          "--revoked",
          "--audit");

  private Resumption() {}

  /** Whether a folder says what run it holds. */
  static boolean isPossible(Path folder) {
    return Files.exists(folder.resolve(RunConfig.FILE));
  }

  /**
   * Checks that a run is the one that a folder holds.
   *
   * @param free further options of the command that may differ
   * @throws InputException naming the first option that differs
   * @throws FormatException if the folder's configuration cannot be read
   */
  static void requireSame(Path folder, RunConfig now, Set<String> free) throws FormatException {
    RunConfig begun = RunConfig.read(folder);
    if (!begun.command().equals(now.command())) {
      throw new InputException(
          "--out %s: holds a run of %s, which %s cannot resume; choose another folder"
              .formatted(folder, begun.command(), now.command()));
    }
    var names = new LinkedHashSet<>(begun.options().keySet());
    names.addAll(now.options().keySet());
    names.removeAll(FREE);
    names.removeAll(free);
    for (String name : names) {
      requireEqual(
          folder,
          name,
          begun.options().getOrDefault(name, "not given"),
          now.options().getOrDefault(name, "not given"));
    }
    requireEqual(folder, "--data", dataText(begun), dataText(now));
    requireEqual(folder, "--key", keyText(begun), keyText(now));
  }

  private static void requireEqual(Path folder, String option, String begun, String now) {
    if (!begun.equals(now)) {
      throw new InputException(
          "%s was %s when the run in %s began, and is %s now: resume with the same, or begin a new run"
              .formatted(option, begun, folder, now));
    }
  }

  private static String dataText(RunConfig config) {
    return config
        .data()
        .map(data -> data.identity().count() + " pictures of digest " + data.identity().digest())
        .orElse("none");
  }

  private static String keyText(RunConfig config) {
    return config.model().flatMap(ModelConfig::keyId).orElse("none");
  }
}
