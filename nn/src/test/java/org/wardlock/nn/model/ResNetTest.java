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
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;
import org.wardlock.tensor.Updates;

/** Residual networks against a reference in double, and against published weights' logits. */
class ResNetTest {
  private static final int PICTURES = 2;
  private static final int CLASSES = 3;

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
      Tensor logits = classifier.logits(firstTestPictures(expected.size()));
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
   * The first pictures of the test set, from a sheet of 100 in a row with red and blue less green.
   */
  private Tensor firstTestPictures(int count) throws IOException {
    byte[] file = Files.readAllBytes(Shared.file("data/cifar10-sheets/test_batch.png"));
    Picture sheet = PictureDecoder.decode(file);
    byte[] pixels = new byte[count * 3072];
    for (int i = 0; i < pixels.length; i++) {
      int place = i % 1024;
      int at = 3 * (place / 32 * sheet.width() + i / 3072 * 32 + place % 32);
      int channel = i / 1024 % 3;
      byte green = sheet.rgb()[at + 1];
      pixels[i] = channel == 1 ? green : (byte) (sheet.rgb()[at + channel] + green);
    }
    return Pixels.inUnitRange(Tensor.ofBytes(device, Shape.of(count, 3, 32, 32), pixels));
  }
}
