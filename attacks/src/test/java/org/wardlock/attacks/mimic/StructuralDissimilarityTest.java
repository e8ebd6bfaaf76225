package org.wardlock.attacks.mimic;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wardlock.attacks.Rows;
import org.wardlock.attacks.Testing;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/** Against the definition in double, against known values, and its gradient by differences. */
class StructuralDissimilarityTest {
  private final Random random = new Random(5);

  /** Smooth pictures with some noise: structure at every scale. */
  private float[] picture(Shape one) {
    int height = one.extent(1);
    int width = one.extent(2);
    float[] values = new float[(int) one.count()];
    double down = random.nextDouble();
    double across = random.nextDouble();
    for (int i = 0; i < values.length; i++) {
      int row = i / width % height;
      int column = i % width;
      double wave = Math.sin(0.3 * down * row + 0.4 * across * column + i / (height * width));
      values[i] = (float) (0.5 + 0.3 * wave + 0.1 * (random.nextDouble() - 0.5));
    }
    return values;
  }

  private float[] changed(float[] values, double by) {
    float[] result = values.clone();
    for (int i = 0; i < result.length; i++) {
      result[i] = (float) Math.clamp(result[i] + by * random.nextGaussian(), 0, 1);
    }
    return result;
  }

  private static double[][][] planes(Shape one, float... values) {
    double[][][] planes = new double[one.extent(0)][one.extent(1)][one.extent(2)];
    int i = 0;
    for (double[][] plane : planes) {
      for (double[] row : plane) {
        for (int column = 0; column < row.length; column++) {
          row[column] = values[i++];
        }
      }
    }
    return planes;
  }

  @ParameterizedTest
  @CsvSource({
    "3, 12, 15, 1, 0.01",
    "3, 12, 15, 1, 0.2",
    "3, 32, 32, 2, 0.003",
    "1, 45, 41, 3, 0.05",
    "2, 83, 81, 4, 0.02",
    "1, 161, 163, 5, 0.003",
    "1, 161, 163, 5, 0.1"
  })
  void isWhatTheDefinitionSays(int channels, int height, int width, int scales, double change) {
    Shape one = Shape.of(channels, height, width);
    assertEquals(scales, StructuralDissimilarity.scales(height, width));
    float[] from = picture(one);
    float[] to = changed(from, change);
    double expected = PlainSimilarity.dissimilarity(planes(one, from), planes(one, to), scales);
    try (Scope _ = Scope.open("test")) {
      var dissimilarity = StructuralDissimilarity.to(Testing.images(one, from));
      double found = dissimilarity.of(Testing.images(one, to)).item();
      assertEquals(expected, found, 1e-7 + 1e-4 * expected);
      assertEquals(0, dissimilarity.of(Testing.images(one, from)).item(), 1e-7);
    }
  }

  @ParameterizedTest
  @CsvSource({"12, 14, 0.05", "23, 21, 0.003", "45, 45, 0.03"})
  void itsGradientIsThatOfTheDefinition(int height, int width, double change) {
    Shape one = Shape.of(2, height, width);
    float[] from = picture(one);
    float[] to = changed(from, change);
    float[] direction = Testing.normal(random, (int) one.count(), 1);
    double step = 1e-5;
    float[] gradient;
    try (Scope _ = Scope.open("test")) {
      Tensor leaf = Testing.images(one, to).requiresGrad();
      Tensor value = StructuralDissimilarity.to(Testing.images(one, from)).of(leaf);
      gradient = value.sum().backward().of(leaf).toFloats();
    }
    double exact = 0;
    double[][][] ahead = planes(one, to);
    double[][][] behind = planes(one, to);
    int plane = height * width;
    for (int i = 0; i < direction.length; i++) {
      exact += (double) gradient[i] * direction[i];
      ahead[i / plane][i / width % height][i % width] += step * direction[i];
      behind[i / plane][i / width % height][i % width] -= step * direction[i];
    }
    int scales = StructuralDissimilarity.scales(height, width);
    double[][][] still = planes(one, from);
    double numeric =
        (PlainSimilarity.dissimilarity(still, ahead, scales)
                - PlainSimilarity.dissimilarity(still, behind, scales))
            / (2 * step);
    assertEquals(numeric, exact, 1e-3 * Math.abs(numeric) + 1e-6);
  }

  /** Flat pictures differ in brightness alone, which the last scale sees. */
  @Test
  void ofFlatPicturesTheBrightnessCounts() {
    Shape one = Shape.of(3, 40, 50);
    float[] dark = new float[(int) one.count()];
    float[] light = new float[(int) one.count()];
    Arrays.fill(dark, 0.25f);
    Arrays.fill(light, 0.75f);
    double similarity = (2 * 0.25 * 0.75 + 1e-4) / (0.25 * 0.25 + 0.75 * 0.75 + 1e-4);
    double weight = 0.2856 / (0.0448 + 0.2856);
    assertEquals(2, StructuralDissimilarity.scales(40, 40));
    try (Scope _ = Scope.open("test")) {
      double found =
          StructuralDissimilarity.to(Testing.images(one, dark))
              .of(Testing.images(one, light))
              .item();
      assertEquals((1 - Math.pow(similarity, weight)) / 2, found, 1e-5);
    }
  }

  @Test
  void aRowDependsOnItsPictureAlone() {
    Shape one = Shape.of(3, 24, 31);
    int count = 5;
    float[] from = new float[count * (int) one.count()];
    for (int i = 0; i < count; i++) {
      System.arraycopy(picture(one), 0, from, i * (int) one.count(), (int) one.count());
    }
    float[] to = changed(from, 0.05);
    int[] rows = {3, 0};
    try (Scope _ = Scope.open("test")) {
      Tensor leaf = Testing.images(one, to).requiresGrad();
      var dissimilarity = StructuralDissimilarity.to(Testing.images(one, from));
      Tensor all = dissimilarity.of(leaf);
      Tensor seed = Tensor.full(Testing.device(), Shape.of(count), 3);
      Tensor gradient = all.backward(seed, List.of(leaf)).of(leaf);
      Tensor some = Rows.gather(Testing.images(one, to), rows).requiresGrad();
      Tensor chosen = dissimilarity.select(rows).of(some);
      assertArrayEquals(Rows.gather(all.detach(), rows).toFloats(), chosen.toFloats());
      Tensor fewer = Tensor.full(Testing.device(), Shape.of(2), 3);
      assertArrayEquals(
          Rows.gather(gradient, rows).toFloats(),
          chosen.backward(fewer, List.of(some)).of(some).toFloats());
    }
  }

  @Test
  void negativesAreAsUnlikeAsPicturesCanBe() {
    Shape one = Shape.of(1, 16, 16);
    float[] values = Testing.uniform(random, 256, 0, 1);
    float[] negative = new float[256];
    for (int i = 0; i < 256; i++) {
      negative[i] = 1 - values[i];
    }
    try (Scope _ = Scope.open("test")) {
      double found =
          StructuralDissimilarity.to(Testing.images(one, values))
              .of(Testing.images(one, negative))
              .item();
      assertTrue(found > 0.499 && found <= 0.5, "dissimilarity " + found);
    }
  }

  @Test
  void scalesFollowFromTheSmallerSide() {
    int[][] expected = {{11, 1}, {20, 1}, {21, 2}, {40, 2}, {41, 3}, {80, 3}, {81, 4}, {160, 4}};
    for (int[] one : expected) {
      assertEquals(one[1], StructuralDissimilarity.scales(one[0], 500), one[0] + " pixels");
    }
    assertEquals(5, StructuralDissimilarity.scales(224, 161));
    String message =
        assertThrows(IllegalArgumentException.class, () -> StructuralDissimilarity.scales(224, 10))
            .getMessage();
    assertEquals(
        "structural similarity: pictures of 224 x 10, expected sides of at least 11", message);
  }
}
