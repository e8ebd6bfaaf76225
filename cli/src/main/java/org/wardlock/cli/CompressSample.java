package org.wardlock.cli;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.wardlock.attacks.Pictures;
import org.wardlock.attacks.evaluation.PictureSource;
import org.wardlock.defense.compress.FileSizes;
import org.wardlock.defense.compress.LabelledBatch;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/**
 * Pictures that a table is fitted to, one batch in memory at a time.
 *
 * @param source of the pictures
 */
record CompressSample(PictureSource source) {
  private static final int BATCH = 64;
  private static final int COLOURS = 3;
  private static final float LARGEST = 255;

  /** As files would hold them. */
  List<BufferedImage> stored() throws IOException {
    var stored = new ArrayList<BufferedImage>();
    for (int start = 0; start < source.count(); start += BATCH) {
      try (Scope _ = Scope.open("stored pictures")) {
        Tensor images = source.pictures(start, end(start)).images();
        requireColour(images.shape());
        float[] values = images.toFloats();
        var bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
          bytes[i] = (byte) Math.round(values[i] * LARGEST);
        }
        Shape shape = images.shape();
        stored.addAll(FileSizes.pictures(bytes, shape.extent(2), shape.extent(3)));
      }
    }
    return stored;
  }

  private static void requireColour(Shape images) {
    if (images.extent(1) != COLOURS) {
      throw new InputException(
          "--data: pictures of %d channels; the JPEG defence is for %d"
              .formatted(images.extent(1), COLOURS));
    }
  }

  private int end(int start) {
    return Math.min(start + BATCH, source.count());
  }

  /** With labels; a batch is gone once the next is asked for. */
  Iterable<LabelledBatch> batches() {
    return Batches::new;
  }

  /** Without labels, likewise. */
  Iterable<Tensor> images() {
    return () -> {
      var batches = new Batches();
      return new Iterator<>() {
        @Override
        public boolean hasNext() {
          return batches.hasNext();
        }

        @Override
        public Tensor next() {
          return batches.next().images();
        }
      };
    };
  }

  private final class Batches implements Iterator<LabelledBatch> {
    private int start;
    private Optional<Tensor> held = Optional.empty();

    @Override
    public boolean hasNext() {
      boolean more = start < source.count();
      if (!more) {
        forget();
      }
      return more;
    }

    @Override
    public LabelledBatch next() {
      if (!hasNext()) {
        throw new NoSuchElementException("all batches are read");
      }
      forget();
      try (Scope _ = Scope.open("batch")) {
        Pictures pictures = source.pictures(start, end(start));
        start = end(start);
        Tensor images = pictures.images().unscoped();
        held = Optional.of(images);
        return new LabelledBatch(images, pictures.labels());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private void forget() {
      held.ifPresent(Tensor::release);
      held = Optional.empty();
    }
  }
}
