package org.wardlock.attacks.evaluation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;
import org.wardlock.attacks.Norm;
import org.wardlock.attacks.Pictures;
import org.wardlock.attacks.Rational;
import org.wardlock.attacks.Testing;
import org.wardlock.attacks.Threat;
import org.wardlock.data.image.Picture;
import org.wardlock.data.image.PictureDecoder;
import org.wardlock.nn.model.Architecture;
import org.wardlock.nn.model.ImageClassifier;
import org.wardlock.nn.weights.Safetensors;
import org.wardlock.tensor.Shape;

/** Two real networks, real pictures, and what the official AutoAttack made of them. */
final class GoldenModel {
  private static final int SIDE = 32;

  private GoldenModel() {}

  private static Path shared(String name) {
    Path file = Path.of(System.getProperty("wardlock.shared", "../../shared")).resolve(name);
    Assumptions.assumeTrue(
        Files.exists(file), () -> file + " is absent: set -Dwardlock.shared to the shared folder");
    return file;
  }

  /** One of the networks: {@code plain} or {@code adv}. */
  static ImageClassifier load(String model) throws IOException {
    Path weights = shared("golden/attack/convmixer64-" + model + ".safetensors");
    try (Safetensors stored = Safetensors.open(weights)) {
      return ImageClassifier.load(
          Architecture.named("convmixer-64-4-k5-p4"), Testing.device(), stored);
    }
  }

  /** What AutoAttack recorded: a line a picture, cut into its fields. */
  static List<String[]> lines(String name, int count) throws IOException {
    return Files.readAllLines(shared("golden/attack/" + name + ".csv")).stream()
        .skip(1)
        .limit(count)
        .map(line -> line.split(",", -1))
        .toList();
  }

  static Threat threat(String norm, String radius) {
    return new Threat(Norm.parse(norm), Rational.parse(radius));
  }

  /** The first test pictures, from a sheet of 100 a row that holds red and blue less green. */
  static PictureSource pictures(int count) throws IOException {
    Picture sheet =
        PictureDecoder.decode(Files.readAllBytes(shared("data/cifar10-sheets/test_batch.png")));
    byte[] labels = Files.readAllBytes(shared("data/cifar10-sheets/test_batch.labels"));
    return new PictureSource() {
      @Override
      public int count() {
        return count;
      }

      @Override
      public Pictures pictures(int start, int end) {
        float[] values = new float[(end - start) * 3 * SIDE * SIDE];
        for (int i = 0; i < values.length; i++) {
          int picture = start + i / (3 * SIDE * SIDE);
          int channel = i / (SIDE * SIDE) % 3;
          int row = picture / 100 * SIDE + i / SIDE % SIDE;
          int column = picture % 100 * SIDE + i % SIDE;
          int at = 3 * (row * sheet.width() + column);
          int stored = sheet.rgb()[at + channel] + (channel == 1 ? 0 : sheet.rgb()[at + 1]);
          values[i] = (stored & 0xFF) / 255f;
        }
        return Pictures.of(
                Testing.images(Shape.of(3, SIDE, SIDE), values),
                IntStream.range(start, end).map(i -> labels[i]).toArray())
            .withIds(IntStream.range(start, end).mapToLong(i -> i).toArray());
      }
    };
  }
}
