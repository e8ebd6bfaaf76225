package org.wardlock.data;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.wardlock.data.image.Picture;

/**
 * Labelled pictures, numbered from 0 in an order that never changes. Safe for any number of threads
 * at once.
 */
public interface Dataset {
  /** The label of a picture of which nothing is known. */
  int UNLABELLED = -1;

  /** The number of pictures, at least 1. */
  int size();

  /** The class of a picture, from 0, or {@link #UNLABELLED}. */
  int label(int index);

  /** The names of the classes; a label is an index into this list. */
  List<String> classes();

  /**
   * What people call a picture: its path below the data set's folder, or its number where pictures
   * have no file of their own.
   */
  String name(int index);

  /**
   * The number of a picture in the whole split: its index, unless this is a selection. Random
   * choices about a picture depend on this number.
   */
  default long id(int index) {
    return index;
  }

  /**
   * The pixels of a picture, decoded.
   *
   * @throws DataException if its file cannot be read
   */
  Picture picture(int index);

  /** The shape that every picture has, empty where sizes differ or are not known. */
  default Optional<PictureShape> shape() {
    return Optional.empty();
  }

  /**
   * Writes a picture channel by channel, row by row, into an array; sets whose pictures lie in
   * memory that way do so without a detour.
   *
   * @throws DataException if its file cannot be read
   */
  default void copyPixels(int index, byte[] target, int offset) {
    picture(index).copyPlanes(target, offset);
  }

  /** What tells this data set from others. */
  DataIdentity identity();

  /** The pictures from {@code start} (inclusive) to {@code end} (exclusive). */
  default Dataset slice(int start, int end) {
    Objects.checkFromToIndex(start, end, size());
    return select(IntStream.range(start, end).toArray());
  }

  /** Some of the pictures, in the order of their indices here; one may come more than once. */
  default Dataset select(int... indices) {
    for (int index : indices) {
      Objects.checkIndex(index, size());
    }
    return new Subset(this, indices.clone());
  }
}
