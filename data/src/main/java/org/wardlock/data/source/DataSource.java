package org.wardlock.data.source;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.wardlock.data.DataException;
import org.wardlock.data.Dataset;
import org.wardlock.data.Selection;
import org.wardlock.data.Split;
import org.wardlock.data.packed.PackedDataset;

/** What {@code --data} names: a format and where it lies. */
public sealed interface DataSource {
  /** What may be named. */
  String KNOWN =
      "cifar10:DIR, cifar100:DIR, imagenet:DIR, folder:DIR, mnist:DIR, packed:DIR, picture:FILE or shapes[:SIZE]";

  /** CIFAR-10, official binary files; {@code val} is the test file. */
  record Cifar10(Path folder) implements DataSource {}

  /** CIFAR-100, official binary files, fine labels; {@code val} is the test file. */
  record Cifar100(Path folder) implements DataSource {}

  /**
   * ImageNet: {@code train/<id>/}, {@code val/<id>/}, or all of {@code val/} in one folder with its
   * label file; {@code test} is {@code val}.
   */
  record ImageNet(Path folder) implements DataSource {}

  /**
   * Pictures in {@code train/<class>/}, {@code val/<class>/} and {@code test/<class>/}; of the
   * latter two, one stands in for the other.
   */
  record Folder(Path folder) implements DataSource {}

  /** MNIST and its kin, IDX files, also compressed by gzip; {@code val} is the test file. */
  record Mnist(Path folder) implements DataSource {}

  /**
   * What {@code wardlock pack} wrote; of {@code val} and {@code test}, one stands in for the other.
   */
  record Packed(Path folder) implements DataSource {}

  /** One picture of unknown class. */
  record SingleFile(Path file) implements DataSource {}

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
      case "imagenet" -> new ImageNet(path(text, place));
      case "folder" -> new Folder(path(text, place));
      case "mnist" -> new Mnist(path(text, place));
      case "packed" -> new Packed(path(text, place));
      case "picture" -> new SingleFile(path(text, place));
      case "shapes" -> new Shapes(place.isEmpty() ? Shapes.STANDARD_SIZE : size(text, place));
      default ->
          throw new DataException(
              "data '%s': format '%s' is unknown; expected %s".formatted(text, format, KNOWN));
    };
  }

  /**
   * Opens a part of the data set.
   *
   * @throws DataException if files are missing or not as they must be
   */
  default Dataset open(Split split) {
    return switch (this) {
      case Cifar10(Path folder) -> CifarFiles.CIFAR10.open(folder, split);
      case Cifar100(Path folder) -> CifarFiles.CIFAR100.open(folder, split);
      case ImageNet(Path folder) -> ImageNetFolders.open(folder, split);
      case Folder(Path folder) -> ClassFolders.open(folder, split);
      case Mnist(Path folder) -> MnistFiles.open(folder, split);
      case Packed(Path folder) ->
          PackedDataset.open(SplitFolders.of(folder, split, PackedDataset.EXPECTED));
      case SingleFile(Path file) -> new SinglePicture(file);
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
