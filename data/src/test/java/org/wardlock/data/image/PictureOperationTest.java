package org.wardlock.data.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Operations against the bytes that Pillow 12.3 gives, by their CRC-32. */
class PictureOperationTest {
  private static final int WIDTH = 37;
  private static final int HEIGHT = 29;

  /** Waves and squares of sides that are no multiple of anything. */
  private static Picture picture() {
    byte[] rgb = new byte[3 * WIDTH * HEIGHT];
    for (int i = 0; i < rgb.length; i++) {
      int channel = i % 3;
      int x = i / 3 % WIDTH;
      int y = i / 3 / WIDTH;
      int square = (x / 5 + y / 4) % 2 == 1 ? 40 : 0;
      int wave = x * x * (3 + channel) + y * 7 * (channel + 1) + x * y * 5 + square;
      rgb[i] = (byte) (wave % 201 + 20 * channel);
    }
    return new Picture(WIDTH, HEIGHT, rgb);
  }

  private static long checksum(Picture picture) {
    var checksum = new CRC32();
    checksum.update(picture.rgb());
    return checksum.getValue();
  }

  /** ImageEnhance, ImageOps, Image.rotate, and Image.transform with torchvision's matrices. */
  @ParameterizedTest
  @CsvSource({
    "SHEAR_X, 0.09, 1717121625",
    "SHEAR_X, -0.3, 2214343139",
    "SHEAR_X, 0.17, 1786710110",
    "SHEAR_Y, 0.09, 2366223645",
    "SHEAR_Y, -0.3, 4153313871",
    "SHEAR_Y, 0.17, 3169915021",
    "TRANSLATE_X, 5.03, 774114057",
    "TRANSLATE_X, -16.8, 3838835211",
    "TRANSLATE_Y, 5.03, 1152600589",
    "TRANSLATE_Y, -12.2, 1356013334",
    "ROTATE, 9.0, 248315141",
    "ROTATE, -30.0, 2477243743",
    "ROTATE, 17.3, 1727052668",
    "BRIGHTNESS, 0.27, 2790460912",
    "BRIGHTNESS, -0.27, 3658364243",
    "BRIGHTNESS, 0.9, 20116668",
    "BRIGHTNESS, -0.9, 1470508929",
    "COLOR, 0.27, 543292777",
    "COLOR, -0.27, 3742294821",
    "COLOR, 0.9, 4059645342",
    "COLOR, -0.9, 2608187121",
    "CONTRAST, 0.27, 3391776239",
    "CONTRAST, -0.27, 3848081801",
    "CONTRAST, 0.9, 1749725958",
    "CONTRAST, -0.9, 3149203495",
    "SHARPNESS, 0.27, 1408621759",
    "SHARPNESS, -0.27, 2925035586",
    "SHARPNESS, 0.9, 2244987586",
    "SHARPNESS, -0.9, 2885519140",
    "POSTERIZE, 4, 2756214475",
    "POSTERIZE, 7, 3447454163",
    "POSTERIZE, 8, 3290674319",
    "SOLARIZE, 178.5, 70526122",
    "SOLARIZE, 0, 3619633524",
    "SOLARIZE, 255, 3290674319",
    "AUTO_CONTRAST, 0, 860353411",
    "EQUALIZE, 0, 3993244040"
  })
  void bytesArePillows(PictureOperation operation, double strength, long expected) {
    assertEquals(expected, checksum(operation.apply(picture(), strength)));
  }

  @Test
  void thePictureIsTheOneThatPillowWasGiven() {
    assertEquals(3290674319L, checksum(picture()));
  }

  @ParameterizedTest
  @EnumSource(PictureOperation.class)
  void whatIsGivenStays(PictureOperation operation) {
    Picture given = picture();
    operation.apply(given, 3);
    assertArrayEquals(picture().rgb(), given.rgb());
  }

  /** A picture of one colour has nothing to stretch, and neighbours all alike. */
  @ParameterizedTest
  @EnumSource(
      value = PictureOperation.class,
      names = {"AUTO_CONTRAST", "EQUALIZE", "SHARPNESS", "IDENTITY"})
  void evenPicturesStay(PictureOperation operation) {
    byte[] rgb = new byte[3 * 4 * 5];
    Arrays.fill(rgb, (byte) 200);
    Picture even = new Picture(4, 5, rgb);
    assertArrayEquals(rgb, operation.apply(even, 0.5).rgb());
    Picture single = new Picture(1, 1, new byte[] {1, 2, 3});
    assertArrayEquals(single.rgb(), operation.apply(single, 0.5).rgb());
  }
}
