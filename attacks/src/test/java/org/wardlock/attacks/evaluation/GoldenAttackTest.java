package org.wardlock.attacks.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wardlock.attacks.Attack;
import org.wardlock.attacks.Loss;
import org.wardlock.attacks.Norm;
import org.wardlock.attacks.Pictures;
import org.wardlock.attacks.Rational;
import org.wardlock.attacks.Testing;
import org.wardlock.attacks.Threat;
import org.wardlock.attacks.gradient.Pgd;
import org.wardlock.data.image.Picture;
import org.wardlock.data.image.PictureDecoder;
import org.wardlock.nn.model.Architecture;
import org.wardlock.nn.model.ImageClassifier;
import org.wardlock.nn.weights.Safetensors;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Shape;

/**
 * PGD against what the official AutoAttack left of two real networks on the first test pictures of
 * CIFAR-10. AutoAttack is the stronger of the two, but on networks that hide nothing not by much.
 */
class GoldenAttackTest {
  // Backends that are made to be read take seconds a picture.
  private static final int COUNT = Testing.device().equals(Device.CPU) ? 96 : 12;
  private static final int SIDE = 32;

  /** What PGD may leave standing beyond AutoAttack's APGD, and may break beyond all of it. */
  private static final int WEAKER = 3;

  private static final int STRONGER = 2;

  private static Path shared(String name) {
    Path file = Path.of(System.getProperty("wardlock.shared", "../../shared")).resolve(name);
    Assumptions.assumeTrue(
        Files.exists(file), () -> file + " is absent: set -Dwardlock.shared to the shared folder");
    return file;
  }

  /** The first test pictures, from a sheet of 100 a row that holds red and blue less green. */
  private static PictureSource source() throws IOException {
    Picture sheet =
        PictureDecoder.decode(Files.readAllBytes(shared("data/cifar10-sheets/test_batch.png")));
    byte[] labels = Files.readAllBytes(shared("data/cifar10-sheets/test_batch.labels"));
    return new PictureSource() {
      @Override
      public int count() {
        return COUNT;
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

  private static long standing(List<String[]> golden, String... broken) {
    return golden.stream()
        .filter(line -> line[1].equals(line[2]) && !List.of(broken).contains(line[3]))
        .count();
  }

  @ParameterizedTest
  @CsvSource({"plain, linf, 1/255, 1_255", "plain, l2, 1/8, 1_8", "adv, linf, 8/255, 8_255"})
  void leavesAboutAsManyStandingAsAutoAttack(String model, String norm, String radius, String file)
      throws IOException {
    List<String[]> golden =
        Files.readAllLines(shared("golden/attack/%s-%s-%s.csv".formatted(model, norm, file)))
            .stream()
            .skip(1)
            .limit(COUNT)
            .map(line -> line.split(",", -1))
            .toList();
    Path weights = shared("golden/attack/convmixer64-" + model + ".safetensors");
    try (Safetensors stored = Safetensors.open(weights);
        ImageClassifier classifier =
            ImageClassifier.load(
                Architecture.named("convmixer-64-4-k5-p4"), Testing.device(), stored)) {
      Threat threat = new Threat(Norm.parse(norm), Rational.parse(radius));
      Attack attack = new Pgd(Loss.CROSS_ENTROPY).iterations(15);
      AttackRun run = new AttackRun(classifier, threat, List.of(attack), 0, 64);
      Records records = Records.inMemory();
      AttackReport report = run.run(source(), records, RunListener.NONE);

      assertEquals(
          golden.stream().map(line -> Integer.parseInt(line[2])).toList(),
          records.pictures().stream().map(PictureRecord::cleanPrediction).toList());
      long found = Math.round(report.robustAccuracy() * COUNT);
      long afterApgd = standing(golden, "apgd-ce");
      long afterAll = standing(golden, "apgd-ce", "apgd-t", "fab-t", "square");
      String what =
          found + " stand, after AutoAttack's first " + afterApgd + ", at last " + afterAll;
      assertTrue(found <= afterApgd + WEAKER, what);
      assertTrue(found >= afterAll - STRONGER, what);
      assertTrue(report.maxNorm() <= threat.radius().toDouble());
    }
  }
}
