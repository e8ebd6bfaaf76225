package org.wardlock.defense.compress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.wardlock.nn.Classifier;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;
import org.wardlock.tensor.testing.TestDevice;

class TableShapeTest {
  @Test
  void libjpegTablesAtKnownQualities() {
    assertEquals(16, QuantizationTable.luminance(50).step(0, 0));
    assertEquals(8, QuantizationTable.luminance(75).step(0, 0));
    assertEquals(50, QuantizationTable.chrominance(75).step(7, 7));
    assertEquals(QuantizationTable.flat(1), QuantizationTable.luminance(100));
    assertEquals(255, QuantizationTable.luminance(1).step(7, 7));
    assertThrows(IllegalArgumentException.class, () -> QuantizationTable.luminance(0));
  }

  @Test
  void deviationsGiveTheStepsOfDeepJpeg() {
    var luminance = new double[64];
    luminance[0] = 10;
    luminance[1] = 20;
    luminance[2] = 40;
    luminance[3] = 70;
    luminance[4] = 100;
    var shape = TableShape.ofDeviations(new CoefficientProfile(luminance, new double[64]));
    JpegTables tables = shape.scaled(1);
    int[] steps = Arrays.copyOf(tables.luminance().toArray(), 6);
    // 255 - 97.5 is half way and goes up.
    assertEquals(List.of(158, 60, 40, 30, 5, 255), Arrays.stream(steps).boxed().toList());
    assertEquals(QuantizationTable.flat(255), tables.chrominance());
  }

  @Test
  void stepsTimesGradientsAreEqual() {
    var luminance = new double[64];
    var chrominance = new double[64];
    for (int i = 0; i < 64; i++) {
      luminance[i] = 1.0 / (1 + i % 8);
      chrominance[i] = 0.5;
    }
    JpegTables tables =
        TableShape.ofGradients(new CoefficientProfile(luminance, chrominance)).scaled(10);
    assertEquals(10, tables.luminance().step(3, 0));
    assertEquals(80, tables.luminance().step(0, 7));
    assertEquals(QuantizationTable.flat(20), tables.chrominance());
  }

  @Test
  void finestTablesWithinACost() {
    TableShape shape = TableShape.of(JpegTables.quality(50));
    JpegTables found = shape.within(700, tables -> 10_000.0 / tables.luminance().step(0, 0));
    assertEquals(15, found.luminance().step(0, 0));
    assertThrows(IllegalArgumentException.class, () -> shape.within(1, _ -> 2));
  }

  @Test
  void profilesOfFlatPicturesMoveInTheMeanAlone() {
    try (Scope _ = Scope.open("test");
        JpegTransform transform = transform()) {
      Tensor grey =
          Tensor.of(TestDevice.get(), Shape.of(2, 1, 1, 1), 100 / 255f, 110 / 255f)
              .expand(Shape.of(2, 3, 16, 16))
              .contiguous();
      CoefficientProfile profile = CoefficientProfile.deviations(transform, List.of(grey));
      // Four blocks at 8 * (100 - 128) and four at 8 * (110 - 128).
      assertEquals(40 * Math.sqrt(8.0 / 7), profile.luminance(0, 0), 1e-9);
      assertEquals(0, profile.luminance(0, 1), 0);
      assertEquals(0, profile.chrominance(0, 0), 0);
    }
  }

  @Test
  void gradientsFindTheCoefficientThatAClassifierReads() {
    try (Scope _ = Scope.open("test");
        JpegTransform exact = transform();
        JpegTransform transform = exact.withGradient(RoundingGradient.STRAIGHT_THROUGH)) {
      Tensor images = Tensor.full(TestDevice.get(), Shape.of(1, 3, 16, 16), 0.5f);
      var batch = new LabelledBatch(images, new int[] {0});
      CoefficientProfile profile =
          CoefficientProfile.gradients(new Brightness(), transform, List.of(batch));
      assertTrue(profile.luminance(0, 0) > 0);
      assertTrue(profile.luminance(0, 0) > 1000 * profile.luminance(0, 1));
      assertTrue(profile.luminance(0, 0) > 2 * profile.chrominance(0, 0));
      assertThrows(
          IllegalArgumentException.class,
          () -> CoefficientProfile.gradients(new Brightness(), exact, List.of(batch)));
    }
  }

  private static JpegTransform transform() {
    return JpegTransform.of(
        JpegTables.quality(75), Subsampling.NONE, Shape.of(3, 16, 16), TestDevice.get());
  }

  /** Two classes: bright and dark, by the mean of all values. */
  private static final class Brightness implements Classifier {
    @Override
    public Device device() {
      return TestDevice.get();
    }

    @Override
    public Shape imageShape() {
      return Shape.of(3, 16, 16);
    }

    @Override
    public int classes() {
      return 2;
    }

    @Override
    public Tensor logits(Tensor images) {
      Tensor mean = images.mean(1, 2, 3).reshape(images.shape().extent(0), 1);
      return Tensor.concatenate(1, mean, mean.negate());
    }
  }
}
