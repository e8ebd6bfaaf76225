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
    var noise = new Philox(0, purpose, index);
    int bar = label(index) * side / CLASSES;
    for (int i = 0; i < rgb.length; i++) {
      boolean inBar = i / 3 % side / (side / CLASSES) == bar / (side / CLASSES);
      rgb[i] = (byte) (noise.below(128, i) + (inBar ? 127 : 0));
    }
    return new Picture(side, side, rgb);
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
