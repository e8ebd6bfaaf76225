package org.wardlock.defense.compress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardlock.nn.Classifier;
import org.wardlock.nn.files.FormatException;
import org.wardlock.tensor.NoGrad;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;
import org.wardlock.tensor.testing.TestDevice;

/** Tables at equal file size, and the files that keep them. */
class FittedTablesTest {
  private static final int SIDE = 32;
  private static final int COUNT = 24;
  private static final Shape PICTURE = Shape.of(3, SIDE, SIDE);

  @TempDir private Path folder;

  /**
   * Two classes: by the sign of the frequency (4, 4) of brightness, summed over the blocks of a row
   * by row pattern that no libjpeg table favours.
   */
  private static final class Fine implements TestClassifier {
    private final Tensor pattern;

    private Fine() {
      var values = new float[SIDE * SIDE];
      for (int i = 0; i < values.length; i++) {
        int y = i / SIDE % 8;
        int x = i % SIDE % 8;
        values[i] = (float) (wave(y) * wave(x));
      }
      pattern = Tensor.of(device(), Shape.of(1, 1, SIDE, SIDE), values);
    }

    private static double wave(int position) {
      return Math.cos((2 * position + 1) * 4 * Math.PI / 16);
    }

    @Override
    public int side() {
      return SIDE;
    }

    @Override
    public int classes() {
      return 2;
    }

    @Override
    public Tensor logits(Tensor images) {
      int count = images.shape().extent(0);
      Tensor score = images.multiply(pattern).sum(1, 2, 3).reshape(count, 1);
      return Tensor.concatenate(1, score, score.negate());
    }
  }

  private static double changed(Classifier classifier, JpegTables tables, Tensor images) {
    try (NoGrad _ = NoGrad.enter();
        Scope _ = Scope.open("change");
        JpegTransform transform =
            JpegTransform.of(tables, Subsampling.NONE, PICTURE, TestDevice.get())) {
      Tensor before = classifier.logits(images);
      Tensor after = classifier.logits(transform.apply(images));
      return Math.sqrt(after.subtract(before).square().mean(0, 1).item());
    }
  }

  @Test
  void tablesOfGradientsKeepMoreThanPlainJpegAtEqualSize() {
    try (Scope _ = Scope.open("test");
        JpegTransform exact =
            JpegTransform.of(JpegTables.quality(50), Subsampling.NONE, PICTURE, TestDevice.get());
        JpegTransform transform = exact.withGradient(RoundingGradient.STRAIGHT_THROUGH)) {
      var classifier = new Fine();
      Tensor images = TestPictures.ofBytes(Shape.of(COUNT, 3, SIDE, SIDE), 8);
      var sizes = new FileSizes(stored(images), Subsampling.NONE);
      JpegTables plain = JpegTables.quality(30);
      double bytes = sizes.applyAsDouble(plain);
      CoefficientProfile profile =
          CoefficientProfile.gradients(
              classifier, transform, List.of(new LabelledBatch(images, new int[COUNT])));
      JpegTables favoured = TableShape.ofGradients(profile).within(bytes, sizes);
      double found = sizes.applyAsDouble(favoured);
      assertTrue(found <= bytes && found > 0.97 * bytes, found + " of " + bytes + " bytes");
      double withPlain = changed(classifier, plain, images);
      double withFavoured = changed(classifier, favoured, images);
      assertTrue(withFavoured < 0.5 * withPlain, withFavoured + " and " + withPlain);
    }
  }

  private static List<BufferedImage> stored(Tensor images) {
    float[] values = images.toFloats();
    var bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) Math.round(values[i] * 255);
    }
    return FileSizes.pictures(bytes, SIDE, SIDE);
  }

  @Test
  void sizesAreThoseOfFiles() {
    Tensor images = TestPictures.ofBytes(Shape.of(2, 3, SIDE, SIDE), 1);
    List<BufferedImage> pictures = stored(images);
    JpegTables tables = JpegTables.quality(60);
    var encoder = new JpegEncoder(tables, Subsampling.HALF);
    double mean =
        (encoder.encode(pictures.get(0)).length + encoder.encode(pictures.get(1)).length) / 2.0;
    assertEquals(mean, new FileSizes(pictures, Subsampling.HALF).applyAsDouble(tables));
    assertThrows(IllegalArgumentException.class, () -> new FileSizes(List.of(), Subsampling.HALF));
    int rgb = pictures.get(1).getRGB(5, 9) & 0xFFFFFF;
    float[] values = images.toFloats();
    int at = 3 * SIDE * SIDE + 9 * SIDE + 5;
    int plane = SIDE * SIDE;
    assertEquals(
        Math.round(values[at] * 255) << 16
            | Math.round(values[at + plane] * 255) << 8
            | Math.round(values[at + 2 * plane] * 255),
        rgb);
    images.release();
  }

  private static FittedTables fitted() {
    return new FittedTables(
        new FittedTables.Sized(JpegTables.quality(40), 812.5),
        new FittedTables.Sized(JpegTables.quality(75), 813),
        Subsampling.HALF,
        Map.of("rule", "deviation"));
  }

  @Test
  void filesKeepTables() throws IOException {
    Path file = folder.resolve("table.json");
    fitted().write(file);
    assertEquals(fitted(), FittedTables.read(file));
    String text = Files.readString(file);
    Files.writeString(file, text.replaceFirst("\"luminance\" : \\[ \\d+", "\"luminance\" : [ 256"));
    var damaged = assertThrows(FormatException.class, () -> FittedTables.read(file));
    assertTrue(damaged.getMessage().contains("luminance"), damaged.getMessage());
    Files.writeString(file, text.replace("4:2:0", "4:1:1"));
    damaged = assertThrows(FormatException.class, () -> FittedTables.read(file));
    assertTrue(damaged.getMessage().contains("expected 4:4:4 or 4:2:0"), damaged.getMessage());
  }

  @Test
  void levelsScaleTheTables() {
    assertEquals(JpegTables.quality(40), fitted().atLevel(1));
    int step = JpegTables.quality(40).luminance().step(3, 3);
    assertEquals(2 * step, fitted().atLevel(2).luminance().step(3, 3));
    assertEquals(255, fitted().atLevel(1000).chrominance().step(0, 0));
    assertThrows(IllegalArgumentException.class, () -> fitted().atLevel(0));
  }

  @Test
  void foldersKnowTheirLevels() throws IOException {
    var made = new CompressionFolder(folder, fitted(), List.of(0.5, 2.0, 1.25, 8.0));
    assertFalse(CompressionFolder.isIn(folder));
    made.settleTable();
    made.settleTable();
    made.finish();
    assertTrue(CompressionFolder.isIn(folder));
    CompressionFolder found = CompressionFolder.open(folder);
    assertEquals(made, found);
    assertEquals(folder.resolve("level-0.5"), found.member(0));
    assertEquals(folder.resolve("level-2"), found.member(1));
    assertEquals(2, found.nearestToTables());
    assertEquals(fitted().atLevel(8), found.tables(3));
    var other =
        new CompressionFolder(
            folder,
            new FittedTables(fitted().plain(), fitted().plain(), Subsampling.HALF, fitted().made()),
            List.of(1.0));
    assertThrows(FormatException.class, other::settleTable);
  }
}
