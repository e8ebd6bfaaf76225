package org.wardlock.data.packed;

import org.wardlock.data.DataException;
import org.wardlock.data.DataIdentity;
import org.wardlock.data.Dataset;
import org.wardlock.data.Hashing;
import org.wardlock.data.Preprocess;
import org.wardlock.data.image.Interpolation;
import org.wardlock.data.image.Picture;

/**
 * Which pictures are packed, at which size, and how they are dealt out to shards: shard k has the
 * source's pictures from k times {@code picturesPerShard} on, but for those that cannot be read. So
 * what a shard holds depends on no other shard, and an interrupted packing goes on with the next.
 */
public final class PackPlan {
  /** The largest side of packed pictures. */
  public static final int MAX_SIZE = 8192;

  /** The filter that pictures are resized by: that of the networks' evaluation. */
  static final Interpolation INTERPOLATION = Interpolation.BICUBIC;

  /** What is lost at most when a packing is interrupted; far below the 2 GiB that can be mapped. */
  private static final long STANDARD_SHARD_BYTES = 256L << 20;

  private final Dataset dataset;
  private final DataIdentity source;
  private final Preprocess preprocess;
  private final int picturesPerShard;

  private PackPlan(Dataset dataset, int size, int picturesPerShard) {
    this.dataset = dataset;
    this.source = dataset.identity();
    this.preprocess = new Preprocess(size, size, INTERPOLATION);
    this.picturesPerShard = picturesPerShard;
  }

  /**
   * All pictures of a data set, in shards of about 256 MiB.
   *
   * @param size height and width in pixels
   * @throws DataException if the size is not from 1 to {@link #MAX_SIZE}
   */
  public static PackPlan of(Dataset dataset, int size) {
    requireSize(size);
    return inShards(dataset, size, (int) (STANDARD_SHARD_BYTES / pictureBytes(size)));
  }

  /** The same in shards of as many pictures. */
  static PackPlan inShards(Dataset dataset, int size, int picturesPerShard) {
    requireSize(size);
    if (picturesPerShard < 1 || picturesPerShard * pictureBytes(size) > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "shards of %d pictures of %d x %d pixels: expected at least 1, and less than 2 GiB"
              .formatted(picturesPerShard, size, size));
    }
    return new PackPlan(dataset, size, picturesPerShard);
  }

  private static void requireSize(int size) {
    if (size < 1 || size > MAX_SIZE) {
      throw new DataException(
          "packed pictures of size %d: expected a size from 1 to %d pixels"
              .formatted(size, MAX_SIZE));
    }
  }

  /** The number of bytes that a picture of that size takes. */
  static long pictureBytes(int size) {
    return (long) Picture.CHANNELS * size * size;
  }

  /** What is packed. */
  public Dataset dataset() {
    return dataset;
  }

  DataIdentity source() {
    return source;
  }

  int size() {
    return preprocess.imageSize();
  }

  /** How many pictures will be packed if all can be read. */
  public int pictures() {
    return dataset.size();
  }

  /** How many bytes their pixels will take then. */
  public long bytes() {
    return dataset.size() * pictureBytes(size());
  }

  int shards() {
    return Math.ceilDiv(dataset.size(), picturesPerShard);
  }

  /** The first picture of a shard in the source. */
  int from(int shard) {
    return shard * picturesPerShard;
  }

  /** The first picture in the source that is not in a shard any more. */
  int to(int shard) {
    return (int) Math.min(dataset.size(), (shard + 1L) * picturesPerShard);
  }

  /**
   * A picture of the source as it is packed.
   *
   * @throws DataException if it cannot be read
   */
  Picture picture(int index) {
    return preprocess.apply(dataset.picture(index));
  }

  /** What tells this plan from others. */
  String digest() {
    return new Hashing()
        .add(PackHeader.FORMAT)
        .add(source.count())
        .add(source.digest())
        .add(size())
        .add(PackHeader.RESIZE)
        .add(PackHeader.interpolationName())
        .add(picturesPerShard)
        .finish();
  }
}
