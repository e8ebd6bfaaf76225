package org.wardlock.nn.train;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.wardlock.data.DataIdentity;
import org.wardlock.data.Dataset;
import org.wardlock.data.PictureShape;
import org.wardlock.data.image.Picture;
import org.wardlock.tensor.Philox;

/** Noise with a bar at a place that tells the class: learnt in a few steps. */
record TinyPictures(int size, int side, int purpose) implements Dataset {
  private static final int CLASSES = 4;

  @Override
  public int label(int index) {
    return index % CLASSES;
  }

  @Override
  public List<String> classes() {
    return IntStream.range(0, CLASSES).mapToObj(label -> "bar " + label).toList();
  }

  @Override
  public String name(int index) {
    return Integer.toString(index);
  }

  @Override
  public Picture picture(int index) {
    byte[] rgb = new byte[3 * side * side];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = value(index, i);
    }
    return new Picture(side, side, rgb);
  }

  /** Without a picture in between, as the real sets of pictures this small do. */
  @Override
  public void copyPixels(int index, byte[] target, int offset) {
    int area = side * side;
    for (int i = 0; i < 3 * area; i++) {
      target[offset + i % 3 * area + i / 3] = value(index, i);
    }
  }

  private byte value(int index, int i) {
    int bar = label(index) * side / CLASSES;
    boolean inBar = i / 3 % side / (side / CLASSES) == bar / (side / CLASSES);
    return (byte) (new Philox(0, purpose, index).below(128, i) + (inBar ? 127 : 0));
  }

  @Override
  public Optional<PictureShape> shape() {
    return Optional.of(new PictureShape(3, side, side));
  }

  @Override
  public DataIdentity identity() {
    return new DataIdentity(size, "tiny");
  }
}
