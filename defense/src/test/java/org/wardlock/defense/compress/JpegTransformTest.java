package org.wardlock.defense.compress;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;
import org.wardlock.tensor.testing.TestDevice;

class JpegTransformTest {
  @ParameterizedTest
  @CsvSource({
    "20, NONE, 64, 48", "75, NONE, 64, 48", "95, NONE, 64, 48", "100, NONE, 64, 48",
    "20, HALF, 64, 48", "75, HALF, 64, 48", "95, HALF, 64, 48", "50, HALF, 37, 51"
  })
  void coefficientsAreThoseOfAnEncoder(
      int quality, Subsampling subsampling, int height, int width) {
    BufferedImage picture = picture(height, width, quality);
    JpegTables tables = JpegTables.quality(quality);
    List<int[][]> expected =
        JpegCoefficients.of(new JpegEncoder(tables, subsampling).encode(picture));
    try (Scope _ = Scope.open("test");
        JpegTransform transform =
            JpegTransform.of(tables, subsampling, Shape.of(3, height, width), TestDevice.get())) {
      List<Tensor> ours = transform.coefficients(tensor(picture));
      for (int plane = 0; plane < 3; plane++) {
        int factor = plane == 0 ? 1 : subsampling.factor();
        int across = Math.ceilDiv(width, subsampling.unit()) * subsampling.unit() / 8 / factor;
        float[] values = ours.get(plane).toFloats();
        int[][] blocks = expected.get(plane);
        assertEquals(blocks.length * 64, values.length);
        for (int i = 0; i < values.length; i++) {
          int block = i / 64;
          boolean onlyFillsUp =
              block / across >= Math.ceilDiv(height, 8 * factor)
                  || block % across >= Math.ceilDiv(width, 8 * factor);
          if (onlyFillsUp) {
            continue;
          }
          // Minus zero is zero.
          assertEquals(
              blocks[block][i % 64], values[i] + 0f, "plane %d, block %d".formatted(plane, block));
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"30, NONE, 64, 48", "90, NONE, 32, 32", "30, HALF, 64, 48", "80, HALF, 37, 51"})
  void picturesAreThoseOfADecoder(int quality, Subsampling subsampling, int height, int width)
      throws IOException {
    BufferedImage picture = picture(height, width, 7 * quality);
    JpegTables tables = JpegTables.quality(quality);
    byte[] file = new JpegEncoder(tables, subsampling).encode(picture);
    BufferedImage expected = ImageIO.read(new ByteArrayInputStream(file));
    try (Scope _ = Scope.open("test");
        JpegTransform transform =
            JpegTransform.of(tables, subsampling, Shape.of(3, height, width), TestDevice.get())) {
      assertArrayEquals(tensor(expected).toFloats(), transform.apply(tensor(picture)).toFloats());
    }
  }

  /** On photos a coefficient may lie so near the edge of a step that float falls off it. */
  @ParameterizedTest
  @CsvSource({"50, HALF", "90, NONE"})
  void photosAreCompressedAsByAnEncoder(int quality, Subsampling subsampling) throws IOException {
    Path folder =
        Path.of(System.getProperty("wardlock.shared", "../../shared"), "data/photos10/val");
    assumeTrue(
        Files.isDirectory(folder),
        () -> folder + " is absent: set -Dwardlock.shared to the shared folder");
    JpegTables tables = JpegTables.quality(quality);
    int different = 0;
    int total = 0;
    for (Path file : firstOfEachFolder(folder)) {
      BufferedImage photo = ImageIO.read(file.toFile());
      Shape shape = Shape.of(3, photo.getHeight(), photo.getWidth());
      List<int[][]> expected =
          JpegCoefficients.of(new JpegEncoder(tables, subsampling).encode(photo));
      try (Scope _ = Scope.open("test");
          JpegTransform transform =
              JpegTransform.of(tables, subsampling, shape, TestDevice.get())) {
        List<Tensor> ours = transform.coefficients(tensor(photo));
        for (int plane = 0; plane < 3; plane++) {
          float[] values = ours.get(plane).toFloats();
          for (int i = 0; i < values.length; i++) {
            float apart = Math.abs(values[i] - expected.get(plane)[i / 64][i % 64]);
            assertTrue(apart <= 1, file + ": a coefficient is " + apart + " apart");
            different += apart == 0 ? 0 : 1;
          }
          total += values.length;
        }
      }
    }
    assertTrue(
        different <= 0.00001 * total, "%d of %d coefficients differ".formatted(different, total));
  }

  private static List<Path> firstOfEachFolder(Path folder) throws IOException {
    var files = new ArrayList<Path>();
    try (DirectoryStream<Path> classes = Files.newDirectoryStream(folder)) {
      for (Path pictures : classes) {
        try (Stream<Path> names = Files.list(pictures)) {
          names.sorted().limit(1).forEach(files::add);
        }
      }
    }
    return files;
  }

  @Test
  void refusesPicturesOfAnotherShape() {
    try (Scope _ = Scope.open("test");
        JpegTransform transform =
            JpegTransform.of(
                JpegTables.quality(75), Subsampling.NONE, Shape.of(3, 32, 32), TestDevice.get())) {
      Tensor images = Tensor.zeros(TestDevice.get(), Shape.of(2, 3, 16, 32));
      var refusal = assertThrows(IllegalArgumentException.class, () -> transform.apply(images));
      assertTrue(refusal.getMessage().contains("expected (N, 3, 32, 32)"), refusal.getMessage());
    }
  }

  @Test
  void straightThroughGradientIsNearlyTheSeed() {
    Shape shape = Shape.of(3, 32, 32);
    try (Scope _ = Scope.open("test");
        JpegTransform exact =
            JpegTransform.of(JpegTables.quality(75), Subsampling.NONE, shape, TestDevice.get());
        JpegTransform transform = exact.withGradient(RoundingGradient.STRAIGHT_THROUGH)) {
      Tensor images = uniform(0.4f, 0.6f, 5).requiresGrad();
      Tensor seed = uniform(-1, 1, 6);
      Tensor output = transform.apply(images);
      assertArrayEquals(exact.apply(images).toFloats(), output.toFloats());
      float[] gradient = output.backward(seed).of(images).toFloats();
      assertArrayEquals(seed.toFloats(), gradient, 0.01f);
    }
  }

  /** Checkers of black and white, which coarse steps drive out of range. */
  @Test
  void gradientsPassBlackAndWhite() {
    Shape shape = Shape.of(3, 16, 16);
    var values = new float[3 * 16 * 16];
    for (int i = 0; i < values.length; i++) {
      values[i] = (i / 3 + i / 16 / 5) % 2;
    }
    try (Scope _ = Scope.open("test");
        JpegTransform exact =
            JpegTransform.of(JpegTables.quality(20), Subsampling.NONE, shape, TestDevice.get());
        JpegTransform straight = exact.withGradient(RoundingGradient.STRAIGHT_THROUGH)) {
      Tensor images = Tensor.of(TestDevice.get(), Shape.of(1, 3, 16, 16), values).requiresGrad();
      float[] extremes = straight.apply(images).toFloats();
      int cut = 0;
      for (float value : extremes) {
        cut += value == 0 || value == 1 ? 1 : 0;
      }
      assertTrue(cut > 100, cut + " values at the ends of the range show nothing");
      Tensor seed = TestPictures.uniform(images.shape(), -1, 1, 6);
      float[] gradient = straight.apply(images).backward(seed).of(images).toFloats();
      assertArrayEquals(seed.toFloats(), gradient, 0.01f);
    }
  }

  @Test
  void cubicGradientVanishesAtWholeNumbers() {
    try (Scope _ = Scope.open("test")) {
      Tensor values =
          Tensor.of(TestDevice.get(), Shape.of(4), -2.5f, 0, 0.25f, 3.5f).requiresGrad();
      Tensor rounded =
          Tensor.apply(new Rounding(Rounding.Ties.AWAY, RoundingGradient.CUBIC), values);
      assertArrayEquals(new float[] {-3, 0, 0, 4}, rounded.toFloats());
      float[] gradient = rounded.sum(0).backward().of(values).toFloats();
      assertArrayEquals(new float[] {0.75f, 0, 0.1875f, 0.75f}, gradient);
    }
  }

  @Test
  void withoutAGradientABackwardPassIsRefused() {
    try (Scope _ = Scope.open("test");
        JpegTransform transform =
            JpegTransform.of(
                JpegTables.quality(75), Subsampling.HALF, Shape.of(3, 16, 16), TestDevice.get())) {
      Tensor output =
          transform.apply(
              Tensor.full(TestDevice.get(), Shape.of(1, 3, 16, 16), 0.5f).requiresGrad());
      assertThrows(UnsupportedOperationException.class, () -> output.sum(0, 1, 2, 3).backward());
    }
  }

  private static Tensor uniform(float low, float high, long seed) {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    var values = new float[2 * 3 * 32 * 32];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat(low, high);
    }
    return Tensor.of(TestDevice.get(), Shape.of(2, 3, 32, 32), values);
  }

  private static BufferedImage picture(int height, int width, long seed) {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    var picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    double tilt = random.nextDouble(0.1, 0.6);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int r = level(128 + 100 * Math.sin(tilt * x + 0.1 * y) + random.nextGaussian() * 8);
        int g = level(4 * x - y + 20 + random.nextGaussian() * 3);
        int b = level(((x / 5 + y / 7) % 2) * 180 + 30 + random.nextGaussian() * 5);
        picture.setRGB(x, y, r << 16 | g << 8 | b);
      }
    }
    return picture;
  }

  private static int level(double value) {
    return Math.clamp(Math.round(value), 0, 255);
  }

  private static Tensor tensor(BufferedImage picture) {
    int height = picture.getHeight();
    int width = picture.getWidth();
    var values = new float[3 * height * width];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        for (int channel = 0; channel < 3; channel++) {
          int level = picture.getRGB(x, y) >> (16 - 8 * channel) & 0xFF;
          values[(channel * height + y) * width + x] = level / 255f;
        }
      }
    }
    return Tensor.of(TestDevice.get(), Shape.of(1, 3, height, width), values);
  }
}
