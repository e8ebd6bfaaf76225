package org.wardlock.data.source;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.wardlock.data.DataException;
import org.wardlock.data.DataIdentity;
import org.wardlock.data.Dataset;
import org.wardlock.data.Hashing;
import org.wardlock.data.PictureShape;
import org.wardlock.data.Split;
import org.wardlock.data.image.Picture;

/**
 * MNIST and what has its format, such as Fashion-MNIST: grey pictures in ten classes. Grey becomes
 * equal parts of red, green and blue, so that every model, key and attack takes these pictures like
 * any others. There is no validation part: {@code val} and {@code test} both give the test files.
 */
final class MnistFiles implements Dataset {
  private static final int CLASSES = 10;

  private final IdxFile images;
  private final IdxFile labels;
  private final PictureShape shape;

  private MnistFiles(IdxFile images, IdxFile labels) {
    this.images = images;
    this.labels = labels;
    this.shape = new PictureShape(Picture.CHANNELS, images.extents()[1], images.extents()[2]);
  }

  static Dataset open(Path folder, Split split) {
    Listing.requireFolder(folder, "a folder with train-images-idx3-ubyte and its fellows");
    String part = split == Split.TRAIN ? "train" : "t10k";
    IdxFile images = IdxFile.read(folder, names(part + "-images", "idx3-ubyte"), 3);
    IdxFile labels = IdxFile.read(folder, names(part + "-labels", "idx1-ubyte"), 1);
    int count = images.extents()[0];
    if (labels.values().length != count) {
      throw new DataException(
          labels.path(),
          "%d labels found; expected %d, one for each picture in %s"
              .formatted(labels.values().length, count, images.path().getFileName()));
    }
    for (int i = 0; i < count; i++) {
      int label = Byte.toUnsignedInt(labels.values()[i]);
      if (label >= CLASSES) {
        throw new DataException(
            labels.path(), "label %d of picture %d; expected 0 to 9".formatted(label, i));
      }
    }
    return new MnistFiles(images, labels);
  }

  private static List<String> names(String name, String type) {
    return List.of(name + "-" + type, name + "." + type);
  }

  @Override
  public int size() {
    return labels.values().length;
  }

  @Override
  public int label(int index) {
    return labels.values()[index];
  }

  @Override
  public List<String> classes() {
    return IntStream.range(0, CLASSES).mapToObj(Integer::toString).toList();
  }

  @Override
  public String name(int index) {
    return Integer.toString(index);
  }

  @Override
  public Picture picture(int index) {
    byte[] planes = new byte[shape.values()];
    copyPixels(index, planes, 0);
    return Picture.ofPlanes(shape.width(), shape.height(), planes, 0);
  }

  @Override
  public Optional<PictureShape> shape() {
    return Optional.of(shape);
  }

  @Override
  public void copyPixels(int index, byte[] target, int offset) {
    int plane = shape.height() * shape.width();
    for (int channel = 0; channel < shape.channels(); channel++) {
      System.arraycopy(images.values(), index * plane, target, offset + channel * plane, plane);
    }
  }

  @Override
  public DataIdentity identity() {
    Hashing hashing = new Hashing().add("mnist");
    for (int extent : images.extents()) {
      hashing.add(extent);
    }
    return new DataIdentity(size(), hashing.add(images.values()).add(labels.values()).finish());
  }
}
