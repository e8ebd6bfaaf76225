package org.wardlock.cli;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
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
      paramLabel = "DIR",
      description =
          "What train wrote: all its pruning ratios, or the folder of one, such as DIR/prune-0.5.")
  private Path folder;

  /** The folder's name for a pruning ratio. */
  static String name(double pruned) {
    return PREFIX + text(pruned);
  }

  static String text(double pruned) {
    return BigDecimal.valueOf(pruned).stripTrailingZeros().toPlainString();
  }

  /**
   * The sets, the least pruned first.
   *
   * @throws InputException if there is none
   * @throws IOException if one is damaged, or another student's
   */
  List<DifferentiatorFolder> open(ImageClassifier student) throws IOException {
    var sets = new ArrayList<DifferentiatorFolder>();
    if (DifferentiatorFolder.isIn(folder)) {
      sets.add(DifferentiatorFolder.open(folder));
    } else if (Files.isDirectory(folder)) {
      try (Stream<Path> entries = Files.list(folder)) {
        for (Path entry : entries.filter(DifferentiatorFolder::isIn).toList()) {
          sets.add(DifferentiatorFolder.open(entry));
        }
      }
    }
    if (sets.isEmpty()) {
      throw new InputException(
          "--differentiators %s: holds none; expected a folder that differentiators train wrote"
              .formatted(folder));
    }
    String digest = DifferentiatorFolder.digest(student);
    for (DifferentiatorFolder set : sets) {
      set.requireStudent(digest);
    }
    sets.sort(Comparator.comparingDouble(DifferentiatorFolder::pruned));
    return sets;
  }
}
