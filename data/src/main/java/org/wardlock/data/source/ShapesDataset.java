package org.wardlock.data.source;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.wardlock.data.DataException;
import org.wardlock.data.DataIdentity;
import org.wardlock.data.Dataset;
import org.wardlock.data.Hashing;
import org.wardlock.data.PictureShape;
import org.wardlock.data.Split;
import org.wardlock.data.image.Picture;
import org.wardlock.data.shapes.Figure;
import org.wardlock.data.shapes.ShapePainter;

/**
 * Pictures that the program draws, in ten classes that take turns. They are kept once drawn, as
 * long as all of them together stay small.
 */
final class ShapesDataset implements Dataset {
  private static final int MIN_SIZE = 16;
  private static final int MAX_SIZE = 512;
  private static final int TRAIN_PICTURES = 10_000;
  private static final int OTHER_PICTURES = 2_000;
  private static final long KEPT_BYTES = 128L << 20;

  /** All runs draw the same pictures, whatever their own seed. */
  private static final long SEED = 0;

  /** To be raised whenever the pictures change: identities must tell them apart. */
  private static final int VERSION = 1;

  private static final Figure[] FIGURES = Figure.values();

  private final PictureShape shape;
  private final Split split;
  private final int count;
  private final ShapePainter painter;
  private final boolean keep;
  private final AtomicReferenceArray<byte[]> drawn;

  ShapesDataset(int size, Split split) {
    if (size < MIN_SIZE || size > MAX_SIZE) {
      throw new DataException(
          "shapes:%d: expected a size from %d to %d pixels".formatted(size, MIN_SIZE, MAX_SIZE));
    }
    this.shape = new PictureShape(3, size, size);
    this.split = split;
    this.count = split == Split.TRAIN ? TRAIN_PICTURES : OTHER_PICTURES;
    this.painter = new ShapePainter(size, SEED, split);
    this.keep = (long) count * shape.values() <= KEPT_BYTES;
    this.drawn = new AtomicReferenceArray<>(keep ? count : 0);
  }

  @Override
  public int size() {
    return count;
  }

  @Override
  public int label(int index) {
    return index % FIGURES.length;
  }

  @Override
  public List<String> classes() {
    return Arrays.stream(FIGURES).map(figure -> figure.name().toLowerCase(Locale.ROOT)).toList();
  }

  @Override
  public String name(int index) {
    return Integer.toString(index);
  }

  @Override
  public Picture picture(int index) {
    return Picture.ofPlanes(shape.width(), shape.height(), planes(index), 0);
  }

  @Override
  public Optional<PictureShape> shape() {
    return Optional.of(shape);
  }

  @Override
  public void copyPixels(int index, byte[] target, int offset) {
    System.arraycopy(planes(index), 0, target, offset, shape.values());
  }

  @Override
  public DataIdentity identity() {
    String digest =
        new Hashing()
            .add("shapes")
            .add(VERSION)
            .add(SEED)
            .add(split.text())
            .add(shape.height())
            .add(count)
            .finish();
    return new DataIdentity(count, digest);
  }

  private byte[] planes(int index) {
    byte[] planes = keep ? drawn.get(index) : null;
    if (planes == null) {
      // two threads may both draw it: they draw the same
      planes = painter.draw(FIGURES[label(index)], index);
      if (keep) {
        drawn.set(index, planes);
      }
    }
    return planes;
  }
}
