package org.wardlock.cli;

import java.nio.file.Path;
import java.util.Optional;
import org.wardlock.data.Dataset;
import org.wardlock.data.Selection;
import org.wardlock.data.Split;
import org.wardlock.data.source.DataSource;
import picocli.CommandLine.Option;

/** Which pictures a network learns from, and which it is validated on. */
final class TrainingDataOptions {
  @Option(
      names = "--data",
      required = true,
      paramLabel = "D",
      description =
          "cifar10:DIR, cifar100:DIR, imagenet:DIR, folder:DIR, mnist:DIR, packed:DIR or shapes[:SIZE].")
  private String data;

  @Option(
      names = "--split",
      paramLabel = "val|test",
      description =
          "Which part validates, whole; training always learns from train (default: ${DEFAULT-VALUE}).",
      defaultValue = "val")
  private String split;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description =
          "Learns from the first N of a class-balanced, seeded order; validates on all the same.")
  private Optional<Integer> limit;

  @Option(
      names = "--ids",
      paramLabel = "FILE",
      description =
          "Learns from the pictures whose numbers this file lists, one a line; validates on all the same.")
  private Optional<Path> ids;

  String text() {
    return data;
  }

  Dataset training(long seed) {
    return DataSource.parse(data).open(Split.TRAIN, DataOptions.selection(limit, ids, seed));
  }

  Dataset validation() {
    return validation(Selection.ALL);
  }

  /** Some of the pictures that validate. */
  Dataset validation(Selection selection) {
    Split validating = Split.parse(split);
    if (validating == Split.TRAIN) {
      throw new InputException(
          "--split train: training always learns from that part; --split names the one that validates, val or test");
    }
    return DataSource.parse(data).open(validating, selection);
  }
}
