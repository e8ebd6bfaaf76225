package org.wardlock.data;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.wardlock.data.image.Picture;

/**
 * Pictures whose every value is a function of their number, so that a test sees which one it got.
 */
public final class MemoryDataset implements Dataset {
  private final int size;
  private final int classes;
  private final PictureShape shape;
  private final Set<Integer> broken = ConcurrentHashMap.newKeySet();

  public MemoryDataset(int size, int classes, PictureShape shape) {
    this.size = size;
    this.classes = classes;
    this.shape = shape;
  }

  /** Makes a picture unreadable. */
  public MemoryDataset breakPicture(int index) {
    broken.add(index);
    return this;
  }

  /** The value of a picture at a place of its planes. */
  public byte value(int index, int position) {
    return (byte) (index * 31 + position * 7);
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public int label(int index) {
    return index % classes;
  }

  @Override
  public List<String> classes() {
    return IntStream.range(0, classes).mapToObj(label -> "class " + label).toList();
  }

  @Override
  public String name(int index) {
    return "picture-" + index;
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
    if (broken.contains(index)) {
      throw new DataException(name(index) + ": broken");
    }
    for (int i = 0; i < shape.values(); i++) {
      target[offset + i] = value(index, i);
    }
  }

  @Override
  public DataIdentity identity() {
    return new DataIdentity(size, new Hashing().add("memory").add(size).finish());
  }
}
