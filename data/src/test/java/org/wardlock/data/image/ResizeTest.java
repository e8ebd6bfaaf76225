package org.wardlock.data.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResizeTest {

  @ParameterizedTest
  @CsvSource({
    "500, 375, 248, 330, 248",
    "375, 500, 248, 248, 330",
    "224, 224, 248, 248, 248",
    "1000, 3, 6, 2000, 6",
  })
  void theLongerSideIsRoundedDown(int width, int height, int side, int newWidth, int newHeight) {
    var picture = new Picture(width, height, new byte[3 * width * height]);
    Picture resized = Resize.shorterSide(picture, side, Interpolation.BILINEAR);
    assertEquals(newWidth, resized.width());
    assertEquals(newHeight, resized.height());
  }

  @ParameterizedTest
  @CsvSource({"10, 5, 2", "11, 5, 3", "12, 5, 4", "13, 6, 4", "8, 8, 0"})
  void theCentreIsRoundedToTheEvenPixel(int whole, int crop, int start) {
    assertEquals(new Box(start, 0, crop, 7), Box.centre(whole, 7, crop, 7));
    assertEquals(new Box(0, start, 7, crop), Box.centre(7, whole, 7, crop));
  }

  @Test
  void aBoxOutsideThePictureIsRefused() {
    var picture = new Picture(4, 4, new byte[48]);
    assertThrows(
        IllegalArgumentException.class,
        () -> Resize.region(picture, new Box(2, 0, 3, 4), 2, 2, Interpolation.BICUBIC));
    assertThrows(IllegalArgumentException.class, () -> Box.centre(4, 4, 5, 4));
    assertThrows(IllegalArgumentException.class, () -> new Box(0, 0, 0, 1));
    assertThrows(IllegalArgumentException.class, () -> new Picture(2, 2, new byte[11]));
  }
}
