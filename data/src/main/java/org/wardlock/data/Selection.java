package org.wardlock.data;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Which pictures of a data set are meant: all of them; those a file lists; of these, the first few
 * of a class-balanced order.
 *
 * @param ids a file with the name or the number in the split of a picture on each line; blank lines
 *     and lines that start with {@code #} are passed over
 * @param limit how many at most, in an order that takes all classes evenly
 * @param seed shuffles that order
 */
public record Selection(Optional<Path> ids, OptionalInt limit, long seed) {
  /** Every picture. */
  public static final Selection ALL = new Selection(Optional.empty(), OptionalInt.empty(), 0);

  /** Checks that a limit is positive. */
  public Selection {
    if (limit.isPresent() && limit.getAsInt() < 1) {
      throw new DataException("limit " + limit.getAsInt() + " must be at least 1 picture");
    }
  }

  /** The first {@code count} pictures of the class-balanced order that {@code seed} gives. */
  public static Selection limit(int count, long seed) {
    return new Selection(Optional.empty(), OptionalInt.of(count), seed);
  }

  /** The pictures that a file lists, in its order. */
  public static Selection ids(Path file) {
    return new Selection(Optional.of(file), OptionalInt.empty(), 0);
  }

  /**
   * The selected part of a data set.
   *
   * @throws DataException if the file of ids cannot be read or names a picture that is not there
   */
  public Dataset of(Dataset dataset) {
    Dataset selected =
        ids.map(file -> (Dataset) new Subset(dataset, IdList.read(file, dataset))).orElse(dataset);
    if (limit.isEmpty()) {
      return selected;
    }
    int count = Math.min(limit.getAsInt(), selected.size());
    return new Subset(selected, BalancedOrder.first(selected, count, seed));
  }
}
