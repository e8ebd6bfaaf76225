package org.wardlock.nn.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.wardlock.data.image.Picture;
import org.wardlock.data.image.PictureDecoder;
import org.wardlock.nn.Module;
import org.wardlock.nn.Numbers;
import org.wardlock.nn.Parameter;
import org.wardlock.nn.ParameterSource;
import org.wardlock.nn.Pass;
import org.wardlock.nn.Pixels;
import org.wardlock.nn.Shared;
import org.wardlock.nn.TrainableParameters;
import org.wardlock.nn.model.ResNet.Family;
import org.wardlock.nn.weights.Safetensors;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.NoGrad;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;
import org.wardlock.tensor.Updates;

/** Residual networks against a reference in double, and against published weights' logits. */
class ResNetTest {
  private static final int PICTURES = 2;
  private static final int CLASSES = 3;
  private static final int BATCH = 200;
  private static final int TEST_PICTURES = Integer.getInteger("wardlock.test.cifar-pictures", 1000);

  private final Device device = Shared.device();

  static Stream<Arguments> sizes() {
    return Stream.of(
        Arguments.of(new ResNet.Size(Family.CIFAR, List.of(1, 1, 1)), 8),
        Arguments.of(new ResNet.Size(Family.CIFAR, List.of(1, 2)), 7),
        Arguments.of(new ResNet.Size(Family.BASIC, List.of(1, 1)), 13),
        Arguments.of(new ResNet.Size(Family.BOTTLENECK, List.of(1, 1)), 12));
  }

  /** Logits, and the derivative along one random direction of all pixels and parameters at once. */
  @ParameterizedTest
  @MethodSource("sizes")
  void logitsAndGradientsAreThoseOfTheReference(ResNet.Size size, int side) {
    for (Pass pass : List.of(Pass.EVALUATION, Pass.TRAINING)) {
      try (Scope _ = Scope.open("test")) {
        ParameterSource source = ParameterSource.initial(device, 3);
        Module network = size.build(source, side, CLASSES);
        var random = new Random(5);
        var weights = new LinkedHashMap<String, double[]>();
        for (Parameter parameter : source.parameters().all()) {
          spread(parameter, random);
          weights.put(parameter.name(), doubles(parameter.tensor().toFloats()));
        }
        var trained = TrainableParameters.of(device, source.parameters(), _ -> true);
        double[] pixels = random.doubles(PICTURES * 3 * side * side).map(v -> (float) v).toArray();
        double[] mixing = random.doubles(PICTURES * CLASSES, -1, 1).map(v -> (float) v).toArray();

        Tensor x = tensor(Shape.of(PICTURES, 3, side, side), pixels).requiresGrad();
        Tensor logits = network.forward(x, pass);
        var reference = new Loss(size, side, pass.isTraining(), mixing);
        Numbers.assertClose(
            size.name(), floats(reference.logits(pixels, weights)), logits.toFloats(), 2e-5);

        Tensor loss = logits.multiply(tensor(logits.shape(), mixing)).sum();
        double[] direction = direction(pixels.length, random);
        double slope = dot(loss.backward().of(x).toFloats(), direction);
        var directions = new HashMap<String, double[]>();
        int start = 0;
        float[] gradients = trained.gradients().toFloats();
        for (Parameter parameter : trained.parameters()) {
          int count = (int) parameter.shape().count();
          double[] along = direction(count, random);
          directions.put(parameter.name(), along);
          float[] gradient = Arrays.copyOfRange(gradients, start, start + count);
          slope += dot(gradient, along);
          start += count;
        }
        double step = 1e-7; // small enough that next to no ReLU turns between the two sides
        double ahead = reference.at(step, pixels, direction, weights, directions);
        double behind = reference.at(-step, pixels, direction, weights, directions);
        double expected = (ahead - behind) / (2 * step);
        assertEquals(expected, slope, 2e-3 * Math.abs(expected) + 1e-3, size + " " + pass.mode());
      }
    }
  }

  /** A weighted sum of the logits, in double. */
  private record Loss(ResNet.Size size, int side, boolean training, double[] mixing) {
    double[] logits(double[] pixels, Map<String, double[]> weights) {
      var pictures = new double[PICTURES][3][side * side];
      for (int i = 0; i < pixels.length; i++) {
        int plane = i / (side * side);
        pictures[plane / 3][plane % 3][i % (side * side)] = pixels[i];
      }
      double[][] rows =
          new ReferenceResNet(size, weights, training).logits(pictures, side, CLASSES);
      return Stream.of(rows).flatMapToDouble(Arrays::stream).toArray();
    }

    double at(
        double step,
        double[] pixels,
        double[] direction,
        Map<String, double[]> weights,
        Map<String, double[]> directions) {
      var moved = new HashMap<>(weights);
      directions.forEach((name, along) -> moved.put(name, add(weights.get(name), step, along)));
      double[] logits = logits(add(pixels, step, direction), moved);
      double sum = 0;
      for (int i = 0; i < logits.length; i++) {
        sum += logits[i] * mixing[i];
      }
      return sum;
    }

    private static double[] add(double[] values, double step, double[] along) {
      double[] sum = values.clone();
      Arrays.setAll(sum, i -> values[i] + step * along[i]);
      return sum;
    }
  }

  /** Norms and statistics away from 0 and 1, where mistakes would not show. */
  private void spread(Parameter parameter, Random random) {
    if (parameter.shape().rank() > 1) {
      return;
    }
    double low = parameter.name().endsWith("running_var") ? 0.5 : -0.5;
    int count = (int) parameter.shape().count();
    double[] values = random.doubles(count, low, 1.5).map(v -> (float) v).toArray();
    Updates.assign(parameter.tensor(), tensor(parameter.shape(), values));
  }

  private Tensor tensor(Shape shape, double[] values) {
    return Tensor.of(device, shape, floats(values));
  }

  private static float[] floats(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  private static double[] doubles(float[] values) {
    double[] doubles = new double[values.length];
    Arrays.setAll(doubles, i -> values[i]);
    return doubles;
  }

  private static double[] direction(int count, Random random) {
    return random.doubles(count, -1, 1).toArray();
  }

  private static double dot(float[] gradient, double[] direction) {
    double sum = 0;
    for (int i = 0; i < gradient.length; i++) {
      sum += gradient[i] * direction[i];
    }
    return sum;
  }

  /** Weights that others trained: names, option-A shortcuts and normalisation must all be right. */
  @ParameterizedTest
  @CsvSource({"resnet20", "resnet56"})
  void agreesWithPublishedWeights(String name) throws IOException {
    JsonNode reference =
        new ObjectMapper()
            .readTree(Shared.file("data/weights/" + name + "-cifar10.reference.json").toFile());
    Architecture architecture = Architecture.named(name);
    assertEquals(10, architecture.classes());
    try (Scope _ = Scope.open("test");
        Safetensors weights =
            Safetensors.open(Shared.file("data/weights/" + name + "-cifar10.safetensors"));
        ImageClassifier classifier = ImageClassifier.load(architecture, device, weights)) {
      JsonNode expected = reference.get("logits");
      Tensor logits = classifier.logits(testPictures(testSheet(), 0, expected.size()));
      for (int i = 0; i < expected.size(); i++) {
        float[] row = new float[10];
        for (int k = 0; k < row.length; k++) {
          row[k] = (float) expected.get(i).get(k).asDouble();
        }
        Numbers.assertClose("picture " + i, row, logits.slice(0, i, i + 1).toFloats(), 1e-5);
        assertEquals(reference.get("argmax").get(i).asInt(), logits.argMax().toInts()[i]);
      }
    }
  }

  @Test
  void oddPicturesAreHalvedUpwards() {
    try (Scope _ = Scope.open("test")) {
      Tensor x = Tensor.range(device, 25).reshape(1, 1, 5, 5);
      Numbers.assertClose(
          "every second",
          new float[] {0, 2, 4, 10, 12, 14, 20, 22, 24},
          Pooling.everySecond(x).toFloats(),
          0);
      Numbers.assertClose(
          "largest",
          new float[] {6, 8, 9, 16, 18, 19, 21, 23, 24},
          Pooling.largest(x).toFloats(),
          0);
      assertTrue(Pooling.largest(x.negate()).toFloats()[0] == 0, "the edge counts as 0");
    }
  }

  /**
   * The share of CIFAR-10's test pictures that was published for these weights: of all 10,000, with
   * {@code -Dwardlock.test.cifar-pictures=10000}, to the printed digits; of the first of them, as
   * the suite takes them, within three deviations of such a sample.
   */
  @Tag("cpu-only") // a thousand pictures
  @Test
  void publishedWeightsAreAsRightAsPublished() throws IOException {
    byte[] labels = Files.readAllBytes(Shared.file("data/cifar10-sheets/test_batch.labels"));
    Picture sheet = testSheet();
    Architecture architecture = Architecture.named("resnet20");
    int right = 0;
    try (Safetensors weights =
            Safetensors.open(Shared.file("data/weights/resnet20-cifar10.safetensors"));
        ImageClassifier classifier = ImageClassifier.load(architecture, device, weights)) {
      for (int first = 0; first < TEST_PICTURES; first += BATCH) {
        int count = Math.min(BATCH, TEST_PICTURES - first);
        try (Scope _ = Scope.open("batch");
            NoGrad _ = NoGrad.enter()) {
          int[] found = classifier.logits(testPictures(sheet, first, count)).argMax().toInts();
          for (int i = 0; i < count; i++) {
            right += found[i] == labels[first + i] ? 1 : 0;
          }
        }
      }
    }
    double published = 91.73;
    double deviation = Math.sqrt(published * (100 - published) / TEST_PICTURES);
    double tolerance = TEST_PICTURES == labels.length ? 0.05 : 3 * deviation;
    assertEquals(published, 100.0 * right / TEST_PICTURES, tolerance, "right, in per cent");
  }

  private static Picture testSheet() throws IOException {
    return PictureDecoder.decode(
        Files.readAllBytes(Shared.file("data/cifar10-sheets/test_batch.png")));
  }

  /** Pictures of the test set, from a sheet of 100 in a row with red and blue less green. */
  private Tensor testPictures(Picture sheet, int first, int count) {
    byte[] pixels = new byte[count * 3072];
    for (int i = 0; i < pixels.length; i++) {
      int picture = first + i / 3072;
      int row = picture / 100 * 32 + i % 1024 / 32;
      int column = picture % 100 * 32 + i % 32;
      int at = 3 * (row * sheet.width() + column);
      int channel = i / 1024 % 3;
      byte green = sheet.rgb()[at + 1];
      pixels[i] = channel == 1 ? green : (byte) (sheet.rgb()[at + channel] + green);
    }
    return Pixels.inUnitRange(Tensor.ofBytes(device, Shape.of(count, 3, 32, 32), pixels));
  }
}
