package org.wardlock.cli;

import java.nio.file.Path;
import java.util.Optional;
import org.wardlock.data.Dataset;
import org.wardlock.data.Selection;
import org.wardlock.data.Split;
import org.wardlock.data.source.DataSource;
import picocli.CommandLine.Option;

/** Which pictures a command reads. */
final class DataOptions {
  @Option(
      names = "--data",
      required = true,
      paramLabel = "D",
      description =
          "cifar10:DIR, cifar100:DIR, imagenet:DIR, folder:DIR, mnist:DIR, packed:DIR, shapes[:SIZE] or picture:FILE.")
  private String data;

  @Option(
      names = "--split",
      paramLabel = "train|val|test",
      description = "Which part (default: ${DEFAULT-VALUE}).",
      defaultValue = "val")
  private String split;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "The first N of a class-balanced, seeded order.")
  private Optional<Integer> limit;

  @Option(
      names = "--ids",
      paramLabel = "FILE",
      description = "The pictures whose numbers this file lists, one a line.")
  private Optional<Path> ids;

  String text() {
    return data;
  }

  Dataset open(long seed) {
    return DataSource.parse(data).open(Split.parse(split), selection(limit, ids, seed));
  }

  /** Of the same part the first pictures of the same order, or all. */
  Dataset open(Optional<Integer> first, long seed) {
    return DataSource.parse(data)
        .open(Split.parse(split), selection(first, Optional.empty(), seed));
  }

  static Selection selection(Optional<Integer> limit, Optional<Path> ids, long seed) {
    if (limit.isPresent() && ids.isPresent()) {
      throw new InputException("--limit and --ids exclude each other");
    }
    if (ids.isPresent()) {
      return Selection.ids(ids.get());
    }
    return limit.map(count -> Selection.limit(count, seed)).orElse(Selection.ALL);
  }
}
