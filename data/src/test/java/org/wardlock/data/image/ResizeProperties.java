package org.wardlock.data.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.wardlock.tensor.Philox;

class ResizeProperties {

  private static Picture random(int width, int height, long seed) {
    byte[] rgb = new byte[3 * width * height];
    var random = new Philox(seed, 1, 0);
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) random.word(i);
    }
    return new Picture(width, height, rgb);
  }

  private static Picture cut(Picture picture, Box box) {
    byte[] rgb = new byte[3 * box.width() * box.height()];
    for (int row = 0; row < box.height(); row++) {
      System.arraycopy(
          picture.rgb(),
          3 * ((box.top() + row) * picture.width() + box.left()),
          rgb,
          3 * row * box.width(),
          3 * box.width());
    }
    return new Picture(box.width(), box.height(), rgb);
  }

  @Property(tries = 200)
  void oneColourStaysThatColour(
      @ForAll @IntRange(min = 1, max = 40) int width,
      @ForAll @IntRange(min = 1, max = 40) int height,
      @ForAll @IntRange(min = 1, max = 90) int newWidth,
      @ForAll @IntRange(min = 1, max = 90) int newHeight,
      @ForAll byte value,
      @ForAll Interpolation interpolation) {
    byte[] rgb = new byte[3 * width * height];
    Arrays.fill(rgb, value);
    Picture resized =
        Resize.to(new Picture(width, height, rgb), newWidth, newHeight, interpolation);
    for (byte found : resized.rgb()) {
      assertEquals(value, found);
    }
  }

  @Property(tries = 100)
  void theSameSizeGivesTheSameBytes(
      @ForAll @IntRange(min = 1, max = 40) int width,
      @ForAll @IntRange(min = 1, max = 40) int height,
      @ForAll long seed,
      @ForAll Interpolation interpolation) {
    Picture picture = random(width, height, seed);
    assertArrayEquals(picture.rgb(), Resize.to(picture, width, height, interpolation).rgb());
  }

  @Property(tries = 100)
  void nothingOutsideARegionShinesIn(
      @ForAll @IntRange(min = 0, max = 9) int left,
      @ForAll @IntRange(min = 0, max = 9) int top,
      @ForAll @IntRange(min = 1, max = 21) int width,
      @ForAll @IntRange(min = 1, max = 21) int height,
      @ForAll @IntRange(min = 1, max = 50) int newWidth,
      @ForAll @IntRange(min = 1, max = 50) int newHeight,
      @ForAll long seed,
      @ForAll Interpolation interpolation) {
    Picture picture = random(30, 30, seed);
    var box = new Box(left, top, width, height);
    assertEquals(
        Resize.to(cut(picture, box), newWidth, newHeight, interpolation),
        Resize.region(picture, box, newWidth, newHeight, interpolation));
  }

  @Property(tries = 100)
  void theCentreIsCutFromTheWholeResizedPicture(
      @ForAll @IntRange(min = 5, max = 60) int width,
      @ForAll @IntRange(min = 5, max = 60) int height,
      @ForAll @IntRange(min = 1, max = 40) int crop,
      @ForAll @IntRange(min = 0, max = 20) int border,
      @ForAll long seed,
      @ForAll Interpolation interpolation) {
    Picture picture = random(width, height, seed);
    int side = crop + border;
    Picture whole = Resize.shorterSide(picture, side, interpolation);
    assertEquals(side, Math.min(whole.width(), whole.height()));
    Box box = Box.centre(whole.width(), whole.height(), crop, crop);
    assertEquals(cut(whole, box), Resize.shorterSideAndCentre(picture, side, crop, interpolation));
  }

  /** Against both passes in double arithmetic, each rounded and clipped to bytes. */
  @Property(tries = 100)
  void agreesWithRealNumbers(
      @ForAll @IntRange(min = 1, max = 30) int width,
      @ForAll @IntRange(min = 1, max = 30) int height,
      @ForAll @IntRange(min = 1, max = 50) int newWidth,
      @ForAll @IntRange(min = 1, max = 50) int newHeight,
      @ForAll long seed,
      @ForAll Interpolation interpolation) {
    Picture picture = random(width, height, seed);
    Picture resized = Resize.to(picture, newWidth, newHeight, interpolation);
    for (int channel = 0; channel < 3; channel++) {
      double[][] rows = new double[height][];
      for (int y = 0; y < height; y++) {
        double[] line = new double[width];
        for (int x = 0; x < width; x++) {
          line[x] = Byte.toUnsignedInt(picture.rgb()[3 * (y * width + x) + channel]);
        }
        rows[y] = resample(line, newWidth, interpolation);
      }
      for (int x = 0; x < newWidth; x++) {
        double[] column = new double[height];
        for (int y = 0; y < height; y++) {
          column[y] = rows[y][x];
        }
        double[] expected = resample(column, newHeight, interpolation);
        for (int y = 0; y < newHeight; y++) {
          int found = Byte.toUnsignedInt(resized.rgb()[3 * (y * newWidth + x) + channel]);
          assertTrue(
              Math.abs(found - expected[y]) <= 2, "found " + found + ", expected " + expected[y]);
        }
      }
    }
  }

  private static double[] resample(double[] line, int newLength, Interpolation interpolation) {
    if (line.length == newLength) {
      return line;
    }
    double scale = (double) line.length / newLength;
    double stretch = Math.max(1, scale);
    double[] result = new double[newLength];
    for (int i = 0; i < newLength; i++) {
      double centre = (i + 0.5) * scale;
      double sum = 0;
      double weights = 0;
      for (int source = 0; source < line.length; source++) {
        double weight = interpolation.weight((source + 0.5 - centre) / stretch);
        sum += weight * line[source];
        weights += weight;
      }
      result[i] = Math.clamp(Math.rint(sum / weights), 0, 255);
    }
    return result;
  }
}
