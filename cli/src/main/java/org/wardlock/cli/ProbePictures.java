package org.wardlock.cli;

import java.util.List;
import org.wardlock.data.Batch;
import org.wardlock.data.BatchLoader;
import org.wardlock.data.BatchStream;
import org.wardlock.data.Dataset;
import org.wardlock.data.Selection;
import org.wardlock.data.Split;
import org.wardlock.data.source.DataSource;
import org.wardlock.nn.Classifier;
import org.wardlock.nn.Pixels;
import org.wardlock.nn.model.Architecture;
import org.wardlock.tensor.NoGrad;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;
import org.wardlock.tensor.spi.Distribution;

/**
 * Pictures that need no files, on which two classifiers are compared: drawn ones, which look like
 * something, and noise, in which no pixel tells of another.
 */
final class ProbePictures {
  /** How many they are. */
  static final int COUNT = 32;

  private static final int BATCH = 8;

  /** Keeps this noise apart from other random numbers of the same seed: "prob". */
  private static final int PURPOSE = 0x70726F62;

  private ProbePictures() {}

  /** The largest difference between any two logits of the same picture and class. */
  static double largestDifference(
      Classifier one, Classifier other, Architecture architecture, long seed) {
    int size = architecture.imageSize();
    Dataset drawn = new DataSource.Shapes(size).open(Split.VAL, Selection.limit(COUNT / 2, seed));
    BatchLoader loader = Loaders.of(drawn, architecture).batchSize(BATCH).build();
    double largest = 0;
    long number = 0;
    try (NoGrad _ = NoGrad.enter();
        BatchStream batches = loader.epoch(0)) {
      while (batches.hasNext()) {
        Batch batch = batches.next();
        try (Scope _ = Scope.open("probe pictures")) {
          Tensor shapes = Pixels.of(one.device(), batch);
          Tensor stream = Tensor.ofLongs(one.device(), Shape.of(1), number++);
          Tensor noise =
              Tensor.random(
                      Distribution.UNIFORM,
                      seed,
                      PURPOSE,
                      stream,
                      Math.toIntExact(shapes.shape().count()))
                  .reshape(shapes.shape().toArray());
          for (Tensor images : List.of(shapes, noise)) {
            float[] expected = one.logits(images).toFloats();
            float[] found = other.logits(images).toFloats();
            for (int i = 0; i < expected.length; i++) {
              double difference = Math.abs((double) expected[i] - found[i]);
              // so that NaN counts as large
              largest = difference <= largest ? largest : difference;
            }
          }
        }
        loader.recycle(batch);
      }
    }
    return largest;
  }
}
