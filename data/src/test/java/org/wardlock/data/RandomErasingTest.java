package org.wardlock.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class RandomErasingTest {
  private static final int SIDE = 40;
  private static final PictureShape SHAPE = new PictureShape(3, SIDE, SIDE);
  private static final int OFFSET = 7;

  private static byte[] erased(RandomErasing erasing, int epoch, long id) {
    byte[] planes = new byte[OFFSET + SHAPE.values() + 5];
    erasing.apply(planes, OFFSET, SHAPE, Purpose.ERASE.stream(3, epoch, id));
    return planes;
  }

  /** The noise is rarely 0, so what is not 0 fills a rectangle, the same in all channels. */
  @Test
  void aRectangleOfTheAllowedAreaIsOverwritten() {
    double areas = 0;
    int pictures = 2000;
    for (int id = 0; id < pictures; id++) {
      byte[] planes = erased(new RandomErasing(1), 0, id);
      int top = SIDE;
      int bottom = -1;
      int left = SIDE;
      int right = -1;
      for (int i = 0; i < planes.length; i++) {
        if (planes[i] != 0) {
          assertTrue(i >= OFFSET && i < OFFSET + SHAPE.values(), "outside of the picture: " + i);
          int row = (i - OFFSET) / SIDE % SIDE;
          int column = (i - OFFSET) % SIDE;
          top = Math.min(top, row);
          bottom = Math.max(bottom, row);
          left = Math.min(left, column);
          right = Math.max(right, column);
        }
      }
      double area = (bottom - top + 1) * (right - left + 1) / (double) (SIDE * SIDE);
      assertTrue(area > 0.015 && area < 0.345, "area " + area);
      areas += area;
      int filled = 0;
      for (byte value : planes) {
        filled += value == 0 ? 0 : 1;
      }
      assertEquals(3 * area * SIDE * SIDE, filled, 0.02 * 3 * SIDE * SIDE);
    }
    assertEquals(0.173, areas / pictures, 0.01);
  }

  @Test
  void aQuarterOfThePicturesIsChanged() {
    int changed = 0;
    int pictures = 4000;
    byte[] untouched = new byte[OFFSET + SHAPE.values() + 5];
    for (int id = 0; id < pictures; id++) {
      changed += Arrays.equals(untouched, erased(RandomErasing.STANDARD, 1, id)) ? 0 : 1;
    }
    assertEquals(0.25, changed / (double) pictures, 0.03);
  }

  @Test
  void equalStreamsErasedAlike() {
    assertArrayEquals(erased(RandomErasing.STANDARD, 2, 11), erased(RandomErasing.STANDARD, 2, 11));
    assertThrows(IllegalArgumentException.class, () -> new RandomErasing(0));
    assertThrows(IllegalArgumentException.class, () -> new RandomErasing(1.1));
  }
}
