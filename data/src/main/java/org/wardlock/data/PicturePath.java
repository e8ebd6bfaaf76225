package org.wardlock.data;

import java.util.Optional;
import org.wardlock.data.image.Box;
import org.wardlock.data.image.Picture;
import org.wardlock.data.image.Resize;

/**
 * The way of a picture from its data set to its place in a batch: cropped and resized as chance or
 * the preprocessing says, moved, mirrored, laid out plane by plane, changed and erased in part.
 * Holds no state: safe for any number of threads.
 */
final class PicturePath {
  private final Dataset dataset;
  private final Optional<Preprocess> preprocess;
  private final Augmentation augmentation;
  private final long seed;
  private final PictureShape shape;

  /**
   * @throws DataException if the pictures differ in size and nothing says which size to give them
   */
  PicturePath(
      Dataset dataset, Optional<Preprocess> preprocess, Augmentation augmentation, long seed) {
    this.dataset = dataset;
    this.augmentation = augmentation;
    this.seed = seed;
    this.preprocess = preprocess.filter(wanted -> !hasSize(dataset, wanted.imageSize()));
    this.shape =
        this.preprocess
            .map(Preprocess::shape)
            .or(dataset::shape)
            .orElseThrow(
                () ->
                    new DataException(
                        "the pictures of this data set differ in size: expected an image size to bring them to"));
    if (augmentation.operations().isPresent() && shape.channels() != Picture.CHANNELS) {
      throw new DataException(
          "rand-augment: pictures of shape " + shape + ", expected 3 channels; leave it out");
    }
  }

  private static boolean hasSize(Dataset dataset, int imageSize) {
    return dataset
        .shape()
        .filter(shape -> shape.height() == imageSize && shape.width() == imageSize)
        .isPresent();
  }

  /** The shape of what is written. */
  PictureShape shape() {
    return shape;
  }

  /** Whether chance moves pictures, and does nothing to them afterwards. */
  boolean moves() {
    boolean further = augmentation.operations().isPresent() || augmentation.erasing().isPresent();
    return !further
        && (augmentation.flip() || augmentation.crop().orElse(null) instanceof PaddedCrop);
  }

  /** How chance moves a picture in an epoch, once it has its final size. */
  Move move(int index, int epoch) {
    long id = dataset.id(index);
    boolean mirror = augmentation.flip() && Purpose.FLIP.stream(seed, epoch, id).below(2, 0) == 1;
    if (augmentation.crop().orElse(null) instanceof PaddedCrop crop) {
      var random = Purpose.CROP.stream(seed, epoch, id);
      return new Move(crop.down(random), crop.right(random), mirror);
    }
    return new Move(0, 0, mirror);
  }

  /**
   * Writes a picture as it is to look in an epoch.
   *
   * @param scratch {@code shape().values()} bytes that nobody else uses meanwhile
   */
  void write(int index, int epoch, byte[] target, int offset, byte[] scratch) {
    Move move = move(index, epoch);
    if (move.isNone()) {
      copy(index, epoch, target, offset);
    } else {
      copy(index, epoch, scratch, 0);
      Planes.move(scratch, shape, move, target, offset);
    }
    long id = dataset.id(index);
    if (augmentation.operations().isPresent()) {
      var random = Purpose.RAND_AUGMENT.stream(seed, epoch, id);
      Picture picture = Picture.ofPlanes(shape.width(), shape.height(), target, offset);
      augmentation.operations().get().apply(picture, random).copyPlanes(target, offset);
    }
    if (augmentation.erasing().isPresent()) {
      var random = Purpose.ERASE.stream(seed, epoch, id);
      augmentation.erasing().get().apply(target, offset, shape, random);
    }
  }

  /** Writes a picture at its final size as it looks before it is moved. */
  void copy(int index, int epoch, byte[] target, int offset) {
    if (augmentation.crop().orElse(null) instanceof ResizedCrop crop) {
      Picture picture = dataset.picture(index);
      Box box =
          crop.choose(
              picture.width(),
              picture.height(),
              Purpose.CROP.stream(seed, epoch, dataset.id(index)));
      Resize.region(picture, box, shape.width(), shape.height(), crop.interpolation())
          .copyPlanes(target, offset);
    } else if (preprocess.isPresent()) {
      preprocess.get().apply(dataset.picture(index)).copyPlanes(target, offset);
    } else {
      dataset.copyPixels(index, target, offset);
    }
  }
}
