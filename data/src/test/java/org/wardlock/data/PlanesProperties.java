package org.wardlock.data;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class PlanesProperties {

  @Property(tries = 300)
  void everyPixelComesFromItsPlaceOrIsBlack(
      @ForAll @IntRange(min = 1, max = 4) int channels,
      @ForAll @IntRange(min = 1, max = 9) int height,
      @ForAll @IntRange(min = 1, max = 9) int width,
      @ForAll @IntRange(min = -12, max = 12) int down,
      @ForAll @IntRange(min = -12, max = 12) int right,
      @ForAll boolean mirror) {
    var shape = new PictureShape(channels, height, width);
    byte[] source = new byte[shape.values()];
    for (int i = 0; i < source.length; i++) {
      source[i] = (byte) (i + 1);
    }
    byte[] moved = new byte[2 + shape.values()];
    Arrays.fill(moved, (byte) 77);
    Planes.move(source, shape, new Move(down, right, mirror), moved, 2);
    for (int channel = 0; channel < channels; channel++) {
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          int sourceY = y + down;
          int sourceX = (mirror ? width - 1 - x : x) + right;
          boolean inside = sourceY >= 0 && sourceY < height && sourceX >= 0 && sourceX < width;
          int expected = inside ? source[(channel * height + sourceY) * width + sourceX] : 0;
          assertEquals(expected, moved[2 + (channel * height + y) * width + x]);
        }
      }
    }
    assertEquals(77, moved[0]);
    assertEquals(77, moved[1]);
  }
}
