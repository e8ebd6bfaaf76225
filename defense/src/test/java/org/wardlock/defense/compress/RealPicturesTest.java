package org.wardlock.defense.compress;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
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
import org.wardlock.nn.model.ImageClassifier;
import org.wardlock.nn.weights.Safetensors;
import org.wardlock.tensor.NoGrad;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.testing.TestDevice;

/**
 * What a favoured table is worth to a network that people trained, on pictures that people took.
 */
@Tag("cpu-only") // a fitted table is the same elsewhere, and two minutes of waiting away
class RealPicturesTest {
  private static final int FITTED = 100;
  private static final int JUDGED = 250;
  private static final Path DATA =
      Path.of(System.getProperty("wardlock.shared", "../../shared"), "data");
  private static final Path PICTURES = DATA.resolve("cifar10-small");
  private static final Path WEIGHTS = DATA.resolve("weights/resnet20-cifar10.safetensors");

  /**
   * Both tables are no larger than plain JPEG of quality 50 on pictures of the training part; both
   * are judged on others, behind a network that never saw a compressed picture.
   */
  @Test
  void theFavouredTableBeatsPlainJpegAtEqualSize() throws IOException {
    assumeTrue(
        Files.isDirectory(PICTURES) && Files.exists(WEIGHTS),
        () -> DATA + " is absent: set -Dwardlock.shared to the shared folder");
    JpegTables plain = JpegTables.quality(50);
    try (Scope _ = Scope.open("test");
        ImageClassifier network = network();
        JpegTransform exact =
            JpegTransform.of(plain, Subsampling.NONE, network.imageShape(), TestDevice.get());
        JpegTransform transform = exact.withGradient(RoundingGradient.STRAIGHT_THROUGH)) {
      Batch own = batch(network, Split.TRAIN, FITTED);
      var sizes = new FileSizes(stored(own), Subsampling.NONE);
      double budget = sizes.applyAsDouble(plain);
      CoefficientProfile profile =
          CoefficientProfile.gradients(
              network,
              transform,
              List.of(new LabelledBatch(Pixels.of(TestDevice.get(), own), own.labels())));
      JpegTables favoured = TableShape.ofGradients(profile).within(budget, sizes);
      double bytes = sizes.applyAsDouble(favoured);
      assertTrue(bytes <= budget && bytes > 0.98 * budget, bytes + " of " + budget + " bytes");

      Batch others = batch(network, Split.TEST, JUDGED);
      int right = right(network, others);
      int behindPlain = behind(network, plain, others);
      int behindFavoured = behind(network, favoured, others);
      String counts =
          "right of %d: %d without compression, %d behind the favoured table, %d behind plain JPEG"
              .formatted(JUDGED, right, behindFavoured, behindPlain);
      assertTrue(behindFavoured >= behindPlain + JUDGED / 50, counts);
      assertTrue(behindPlain < right, counts);
    }
  }

  private static ImageClassifier network() throws IOException {
    try (Safetensors weights = Safetensors.open(WEIGHTS)) {
      return ImageClassifier.load(Architecture.named("resnet20"), TestDevice.get(), weights);
    }
  }

  private static Batch batch(ImageClassifier network, Split split, int count) throws IOException {
    Dataset dataset =
        DataSource.parse("cifar10:" + PICTURES).open(split, Selection.limit(count, 0));
    BatchLoader loader =
        BatchLoader.builder(dataset)
            .preprocess(network.architecture().preprocessing().pictures())
            .batchSize(count)
            .build();
    try (BatchStream batches = loader.epoch(0)) {
      return batches.next();
    }
  }

  private static List<BufferedImage> stored(Batch batch) {
    float[] values = Pixels.of(TestDevice.get(), batch).toFloats();
    var bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) Math.round(values[i] * 255);
    }
    return FileSizes.pictures(bytes, 32, 32);
  }

  private static int behind(ImageClassifier network, JpegTables tables, Batch batch) {
    try (JpegTransform transform =
        JpegTransform.of(tables, Subsampling.NONE, network.imageShape(), TestDevice.get())) {
      return right(new CompressedClassifier(network, transform), batch);
    }
  }

  private static int right(Classifier classifier, Batch batch) {
    try (NoGrad _ = NoGrad.enter();
        Scope _ = Scope.open("judged")) {
      int[] said = classifier.logits(Pixels.of(TestDevice.get(), batch)).argMax().toInts();
      return (int) IntStream.range(0, JUDGED).filter(i -> said[i] == batch.labels()[i]).count();
    }
  }
}
