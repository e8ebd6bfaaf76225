package org.wardlock.data.source;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.wardlock.data.DataException;
import org.wardlock.data.Dataset;
import org.wardlock.data.Selection;
import org.wardlock.data.Split;

/** What {@code --data} names: a format and where it lies. */
public sealed interface DataSource {

  /** CIFAR-10, official binary files; {@code val} is the test file. */
  record Cifar10(Path folder) implements DataSource {}

  /** CIFAR-100, official binary files, fine labels; {@code val} is the test file. */
  record Cifar100(Path folder) implements DataSource {}

  /**
   * Ten classes of figures drawn by the program.
   *
   * @param size height and width in pixels
   */
  record Shapes(int size) implements DataSource {
    /** The size unless another is named. */
    public static final int STANDARD_SIZE = 32;
  }

  /**
   * Reads a name such as {@code cifar10:DIR} or {@code shapes}; touches no file.
   *
   * @throws DataException if the format is unknown or its place missing or malformed
   */
  static DataSource parse(String text) {
    int colon = text.indexOf(':');
    String format = colon < 0 ? text : text.substring(0, colon);
    String place = colon < 0 ? "" : text.substring(colon + 1);
    return switch (format) {
      case "cifar10" -> new Cifar10(path(text, place));
      case "cifar100" -> new Cifar100(path(text, place));
      case "shapes" -> new Shapes(place.isEmpty() ? Shapes.STANDARD_SIZE : size(text, place));
      default ->
          throw new DataException(
              "data '%s': format '%s' is unknown; expected cifar10:DIR, cifar100:DIR or shapes[:SIZE]"
                  .formatted(text, format));
    };
  }

  /**
   * Opens a part of the data set.
   *
   * @throws DataException if files are missing or not as they must be
   */
  default Dataset open(Split split) {
    return switch (this) {
      case Cifar10(Path folder) -> Cifar.CIFAR10.open(folder, split);
      case Cifar100(Path folder) -> Cifar.CIFAR100.open(folder, split);
      case Shapes(int size) -> new ShapesDataset(size, split);
    };
  }

  /** Opens some pictures of a part of the data set. */
  default Dataset open(Split split, Selection selection) {
    return selection.of(open(split));
  }

  private static Path path(String text, String place) {
    if (place.isEmpty()) {
      throw new DataException("data '" + text + "': expected a folder or file after the colon");
    }
    try {
      return Path.of(place);
    } catch (InvalidPathException e) {
      throw new DataException("data '" + text + "': not a path: " + e.getReason());
    }
  }

  private static int size(String text, String place) {
    try {
      return Integer.parseInt(place);
    } catch (NumberFormatException _) {
      throw new DataException("data '" + text + "': expected a size in pixels after the colon");
    }
  }
}
