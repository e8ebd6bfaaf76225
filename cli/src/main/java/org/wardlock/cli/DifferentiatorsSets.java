package org.wardlock.cli;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Stream;
import org.wardlock.defense.differentiators.DifferentiatorFolder;
import org.wardlock.nn.model.ImageClassifier;
import picocli.CommandLine.Option;

/** The trained differentiators that a command reads. */
final class DifferentiatorsSets {
  private static final String PREFIX = "prune-";

  @Option(
      names = "--differentiators",
      required = true,
      split = ",",
      paramLabel = "DIR",
      description =
          "What train wrote: all its pruning ratios, or the folder of one, such as DIR/prune-0.5; several"
              + " with commas between.")
  private List<Path> places;

  /** The folder's name for a pruning ratio. */
  static String name(double pruned) {
    return PREFIX + text(pruned);
  }

  /** What rows and folders of results call a set: its pruning ratio and kind. */
  static String name(DifferentiatorFolder set) {
    return "%s-%s".formatted(name(set.pruned()), set.kind());
  }

  static String text(double pruned) {
    return BigDecimal.valueOf(pruned).stripTrailingZeros().toPlainString();
  }

  /**
   * The sets, the least pruned first.
   *
   * @throws InputException if there is none, or two that results could not tell apart
   * @throws IOException if one is damaged, or another student's
   */
  List<DifferentiatorFolder> open(ImageClassifier student) throws IOException {
    var sets = new ArrayList<DifferentiatorFolder>();
    for (Path place : places) {
      sets.addAll(in(place));
    }
    String digest = DifferentiatorFolder.digest(student);
    var names = new HashSet<String>();
    for (DifferentiatorFolder set : sets) {
      set.requireStudent(digest);
      if (!names.add(name(set))) {
        throw new InputException(
            "--differentiators: two sets of %s; name one at a time".formatted(name(set)));
      }
    }
    // sorting is stable: of one ratio in the order they were named
    sets.sort(Comparator.comparingDouble(DifferentiatorFolder::pruned));
    return sets;
  }

  private static List<DifferentiatorFolder> in(Path place) throws IOException {
    if (DifferentiatorFolder.isIn(place)) {
      return List.of(DifferentiatorFolder.open(place));
    }
    var sets = new ArrayList<DifferentiatorFolder>();
    if (Files.isDirectory(place)) {
      try (Stream<Path> entries = Files.list(place)) {
        for (Path entry : entries.filter(DifferentiatorFolder::isIn).toList()) {
          sets.add(DifferentiatorFolder.open(entry));
        }
      }
    }
    if (sets.isEmpty()) {
      throw new InputException(
          "--differentiators %s: holds none; expected a folder that differentiators train wrote"
              .formatted(place));
    }
    return sets;
  }
}
