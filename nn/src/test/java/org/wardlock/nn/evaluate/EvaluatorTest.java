package org.wardlock.nn.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.wardlock.data.BatchLoader;
import org.wardlock.data.DataIdentity;
import org.wardlock.data.Dataset;
import org.wardlock.data.PictureShape;
import org.wardlock.data.image.Picture;
import org.wardlock.nn.Classifier;
import org.wardlock.nn.Shared;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

class EvaluatorTest {
  /** Pictures of one pixel: its three channels are, divided by 255, what the classifier answers. */
  private record Pixels(byte[][] pixels, int[] labels) implements Dataset {
    @Override
    public int size() {
      return pixels.length;
    }

    @Override
    public int label(int index) {
      return labels[index];
    }

    @Override
    public List<String> classes() {
      return List.of("red", "green", "blue");
    }

    @Override
    public String name(int index) {
      return Integer.toString(index);
    }

    @Override
    public Picture picture(int index) {
      return new Picture(1, 1, pixels[index]);
    }

    @Override
    public Optional<PictureShape> shape() {
      return Optional.of(new PictureShape(3, 1, 1));
    }

    @Override
    public DataIdentity identity() {
      return new DataIdentity(pixels.length, "pixels");
    }
  }

  private record Brightest() implements Classifier {
    @Override
    public Device device() {
      return Shared.device();
    }

    @Override
    public Shape imageShape() {
      return Shape.of(3, 1, 1);
    }

    @Override
    public int classes() {
      return 3;
    }

    @Override
    public Tensor logits(Tensor images) {
      return images.reshape(images.shape().extent(0), 3);
    }
  }

  private static final byte FULL = (byte) 255;

  private static final Pixels PIXELS =
      new Pixels(
          new byte[][] {{FULL, 0, 51}, {0, FULL, 0}, {0, 0, FULL}, {FULL, 0, 0}, {1, 2, 3}},
          new int[] {0, 1, 2, 1, Dataset.UNLABELLED});

  private static BatchLoader loader(int batchSize) {
    return BatchLoader.builder(PIXELS).batchSize(batchSize).build();
  }

  @Test
  void countsWhatIsRight() {
    for (int batchSize : new int[] {1, 2, 5}) {
      var predictions = new ArrayList<EvaluatedPicture>();
      Evaluation found =
          new Evaluator(loader(batchSize)).evaluate(new Brightest(), predictions::add, () -> false);
      assertEquals(5, found.images());
      assertEquals(4, found.labelled());
      assertEquals(0.75, found.top1());
      assertEquals(1, found.top5());
      double expected =
          IntStream.range(0, 4).mapToDouble(EvaluatorTest::loss).sum() / found.labelled();
      assertEquals(expected, found.loss(), 1e-6);
      assertTrue(found.imagesPerSecond() > 0);
      EvaluatedPicture first = predictions.getFirst();
      assertEquals(0, first.id());
      assertEquals(0, first.label());
      assertEquals(List.of(0, 2, 1), first.classes());
      assertEquals(1, first.logit());
      double sum = Math.E + Math.exp(0.2) + 1;
      assertEquals(Math.E / sum, first.probabilities().get(0), 1e-6);
      assertEquals(Math.exp(0.2) / sum, first.probabilities().get(1), 1e-6);
      assertEquals(1 / sum, first.probabilities().get(2), 1e-6);
      assertEquals(-1, predictions.get(4).label());
      assertEquals(2, predictions.get(4).top1());
    }
  }

  private static double loss(int index) {
    byte[] pixel = PIXELS.pixels()[index];
    double sum = 0;
    for (byte channel : pixel) {
      sum += Math.exp((channel & 0xFF) / 255.0);
    }
    return Math.log(sum) - (pixel[PIXELS.labels()[index]] & 0xFF) / 255.0;
  }

  @Test
  void stopsWhenTold() {
    var asked = new ArrayList<Integer>();
    var found =
        new Evaluator(loader(2))
            .evaluate(new Brightest(), prediction -> asked.add(1), () -> asked.size() >= 2);
    assertEquals(2, found.images());
  }

  @Test
  void aRowNamesWhatThereIs() {
    var three = new EvaluatedPicture(7, 1, List.of(2, 0, 1), List.of(0.5f, 0.3f, 0.2f), 0.5f);
    assertEquals("7,1,2,0,1,,,0.5", three.csvRow("7"));
    var five =
        new EvaluatedPicture(
            7, -1, List.of(4, 3, 2, 1, 0), List.of(0.2f, 0.2f, 0.2f, 0.2f, 0.2f), -1e-10f);
    assertEquals("\"a,\"\"b\"\".png\",-1,4,3,2,1,0,-1.0E-10", five.csvRow("a,\"b\".png"));
    assertEquals(
        EvaluatedPicture.CSV_HEADER.split(",").length, five.csvRow("name").split(",").length);
  }
}
