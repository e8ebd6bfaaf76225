package org.wardlock.data.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PictureDecoderTest {

  private static int[] pixel(Picture picture, int x, int y) {
    int at = 3 * (y * picture.width() + x);
    return IntStream.range(at, at + 3).map(i -> Byte.toUnsignedInt(picture.rgb()[i])).toArray();
  }

  private static void assertNear(int[] expected, int[] found, int tolerance) {
    for (int i = 0; i < expected.length; i++) {
      assertTrue(
          Math.abs(expected[i] - found[i]) <= tolerance,
          "expected %s within %d, found %s"
              .formatted(Arrays.toString(expected), tolerance, Arrays.toString(found)));
    }
  }

  private static void assertIsGradient(Picture picture, int tolerance) {
    int right = picture.width() - 1;
    int bottom = picture.height() - 1;
    assertNear(new int[] {0, 0, 128}, pixel(picture, 0, 0), tolerance);
    assertNear(new int[] {255, 0, 128}, pixel(picture, right, 0), tolerance);
    assertNear(new int[] {0, 255, 128}, pixel(picture, 0, bottom), tolerance);
    assertNear(new int[] {255, 255, 128}, pixel(picture, right, bottom), tolerance);
  }

  private static String refusal(byte[] content) {
    return assertThrows(PictureFormatException.class, () -> PictureDecoder.decode(content))
        .getMessage();
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        BufferedImage.TYPE_INT_RGB,
        BufferedImage.TYPE_INT_ARGB,
        BufferedImage.TYPE_3BYTE_BGR,
        BufferedImage.TYPE_4BYTE_ABGR
      })
  void pngColoursAreExact(int type) throws PictureFormatException {
    Picture picture = PictureDecoder.decode(TestPictures.png(TestPictures.gradient(64, 48, type)));
    assertEquals(64, picture.width());
    assertEquals(48, picture.height());
    assertIsGradient(picture, 0);
  }

  @Test
  void transparentPixelsKeepTheirColour() throws PictureFormatException {
    var image = new BufferedImage(2, 1, BufferedImage.TYPE_INT_ARGB);
    image.setRGB(0, 0, 0x00112233);
    image.setRGB(1, 0, 0x80445566);
    Picture picture = PictureDecoder.decode(TestPictures.png(image));
    assertArrayEquals(new byte[] {0x11, 0x22, 0x33, 0x44, 0x55, 0x66}, picture.rgb());
  }

  @Test
  void greyValuesStayAsTheyAreStored() throws PictureFormatException {
    var image = new BufferedImage(3, 1, BufferedImage.TYPE_BYTE_GRAY);
    image.getRaster().setPixels(0, 0, 3, 1, new int[] {0, 100, 255});
    Picture picture = PictureDecoder.decode(TestPictures.png(image));
    assertArrayEquals(new byte[] {0, 0, 0, 100, 100, 100, -1, -1, -1}, picture.rgb());
  }

  @Test
  void sixteenBitGreyGivesItsUpperByte() throws PictureFormatException {
    var image = new BufferedImage(2, 1, BufferedImage.TYPE_USHORT_GRAY);
    image.getRaster().setPixels(0, 0, 2, 1, new int[] {0x12FF, 0xFE00});
    Picture picture = PictureDecoder.decode(TestPictures.png(image));
    assertArrayEquals(new int[] {0x12, 0x12, 0x12}, pixel(picture, 0, 0));
    assertArrayEquals(new int[] {0xFE, 0xFE, 0xFE}, pixel(picture, 1, 0));
  }

  @Test
  void paletteColoursAreLookedUp() throws PictureFormatException {
    byte[] red = {0, 10, 20, 30};
    byte[] green = {1, 11, 21, 31};
    byte[] blue = {2, 12, 22, 32};
    var palette = new IndexColorModel(2, 4, red, green, blue);
    var image = new BufferedImage(4, 1, BufferedImage.TYPE_BYTE_BINARY, palette);
    image.getRaster().setPixels(0, 0, 4, 1, new int[] {3, 0, 1, 2});
    Picture picture = PictureDecoder.decode(TestPictures.png(image));
    assertArrayEquals(new byte[] {30, 31, 32, 0, 1, 2, 10, 11, 12, 20, 21, 22}, picture.rgb());
  }

  @Test
  void twoColoursAreBlackAndWhite() throws PictureFormatException {
    var image = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_BINARY);
    image.getRaster().setPixels(0, 0, 2, 1, new int[] {0, 1});
    Picture picture = PictureDecoder.decode(TestPictures.png(image));
    assertArrayEquals(new byte[] {0, 0, 0, -1, -1, -1}, picture.rgb());
  }

  @Test
  void jpegColoursAreNear() throws PictureFormatException {
    var image = TestPictures.gradient(64, 48, BufferedImage.TYPE_INT_RGB);
    assertIsGradient(PictureDecoder.decode(TestPictures.jpeg(image)), 12);
  }

  @Test
  void greyJpegBecomesEqualParts() throws PictureFormatException {
    var image = TestPictures.gradient(64, 48, BufferedImage.TYPE_BYTE_GRAY);
    Picture picture = PictureDecoder.decode(TestPictures.jpeg(image));
    for (int i = 0; i < picture.rgb().length; i += 3) {
      assertEquals(picture.rgb()[i], picture.rgb()[i + 1]);
      assertEquals(picture.rgb()[i], picture.rgb()[i + 2]);
    }
  }

  static Stream<byte[]> profilesThatDoNotFit() {
    byte[] jpeg = TestPictures.jpeg(TestPictures.gradient(64, 48, BufferedImage.TYPE_INT_RGB));
    return Stream.of(
        TestPictures.withGreyProfile(jpeg),
        TestPictures.withProfile(jpeg, new byte[40]),
        TestPictures.withProfile(jpeg, new byte[0]));
  }

  @ParameterizedTest
  @MethodSource("profilesThatDoNotFit")
  void aProfileThatDoesNotFitChangesNothing(byte[] jpeg) throws PictureFormatException {
    byte[] plain = TestPictures.jpeg(TestPictures.gradient(64, 48, BufferedImage.TYPE_INT_RGB));
    assertEquals(PictureDecoder.decode(plain), PictureDecoder.decode(jpeg));
  }

  @Test
  void missingJfifChangesNothing() throws PictureFormatException {
    byte[] jpeg = TestPictures.jpeg(TestPictures.gradient(64, 48, BufferedImage.TYPE_INT_RGB));
    assertEquals(
        PictureDecoder.decode(jpeg), PictureDecoder.decode(TestPictures.withoutJfif(jpeg)));
  }

  @Test
  void anAdobeMarkerMayNameRgb() throws PictureFormatException {
    byte[] jpeg =
        TestPictures.withAdobeMarker(
            TestPictures.withoutJfif(
                TestPictures.jpeg(TestPictures.gradient(64, 48, BufferedImage.TYPE_INT_RGB))),
            0);
    // what was lightness and colour differences is taken as red, green, blue
    int[] topLeft = pixel(PictureDecoder.decode(jpeg), 0, 0);
    assertNear(new int[] {15, 192, 117}, topLeft, 12);
  }

  /** Stored values are inverted inks: 255 is no ink. */
  @Test
  void inksDarkenOneAnother() throws PictureFormatException {
    byte[] jpeg = TestPictures.fourComponents(16, 16, 200, 100, 50, 128);
    for (byte[] variant : new byte[][] {jpeg, TestPictures.withAdobeMarker(jpeg, 0)}) {
      assertNear(
          new int[] {200 * 128 / 255, 100 * 128 / 255, 50 * 128 / 255},
          pixel(PictureDecoder.decode(variant), 7, 7),
          2);
    }
  }

  /** The colour of lightness and differences is the complement of the stored, inverted inks. */
  @Test
  void inksMayBeLightnessAndDifferences() throws PictureFormatException {
    byte[] jpeg =
        TestPictures.withAdobeMarker(TestPictures.fourComponents(16, 16, 90, 140, 110, 255), 2);
    double red = 90 + 1.402 * (110 - 128);
    double green = 90 - 0.344136 * (140 - 128) - 0.714136 * (110 - 128);
    double blue = 90 + 1.772 * (140 - 128);
    assertNear(
        new int[] {255 - (int) red, 255 - (int) green, 255 - (int) blue},
        pixel(PictureDecoder.decode(jpeg), 7, 7),
        2);
  }

  /** The JDK's own reader refuses these; another one that ImageIO finds does not. */
  @Test
  void losslessJpegIsDecodedByAnotherReader() throws PictureFormatException {
    Picture picture = PictureDecoder.decode(TestPictures.losslessGrey());
    assertEquals(16, picture.width());
    assertArrayEquals(new int[] {128, 128, 128}, pixel(picture, 9, 9));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.02, 0.1, 0.5, 0.9, 0.999})
  void aTruncatedFileIsRefused(double part) {
    var image = TestPictures.gradient(200, 150, BufferedImage.TYPE_INT_RGB);
    for (byte[] whole : new byte[][] {TestPictures.jpeg(image), TestPictures.png(image)}) {
      String message = refusal(Arrays.copyOf(whole, (int) (part * whole.length)));
      assertTrue(
          message.contains("truncated") || message.contains("expected a JPEG or PNG"), message);
    }
  }

  @Test
  void aJpegWithoutItsLastByteIsRefused() {
    byte[] whole = TestPictures.jpeg(TestPictures.gradient(20, 20, BufferedImage.TYPE_INT_RGB));
    String message = refusal(Arrays.copyOf(whole, whole.length - 1));
    assertEquals(
        "JPEG truncated: %d bytes found, and no end of the picture in them; expected a whole file"
            .formatted(whole.length - 1),
        message);
  }

  @Test
  void bytesBehindTheEndDoNoHarm() throws PictureFormatException {
    byte[] whole = TestPictures.jpeg(TestPictures.gradient(20, 20, BufferedImage.TYPE_INT_RGB));
    assertEquals(
        PictureDecoder.decode(whole),
        PictureDecoder.decode(Arrays.copyOf(whole, whole.length + 100)));
  }

  @Test
  void whatIsNoPictureIsNamed() {
    assertEquals("found text; expected a JPEG or PNG picture", refusal(ascii("Not a picture.\n")));
    assertEquals("found an empty file; expected a JPEG or PNG picture", refusal(new byte[0]));
    assertEquals("found a GIF; expected a JPEG or PNG picture", refusal(ascii("GIF89a\0\0")));
    assertEquals(
        "found a file that starts with the bytes 00 01 fe; expected a JPEG or PNG picture",
        refusal(new byte[] {0, 1, -2}));
  }

  @Test
  void anAbsurdSizeIsRefusedBeforeItIsDecoded() {
    byte[] png = TestPictures.png(TestPictures.gradient(4, 4, BufferedImage.TYPE_INT_RGB));
    // the width and the height stand behind the signature, a length and a name
    for (int i = 0; i < 2; i++) {
      png[16 + 4 * i] = 0x7F;
      png[17 + 4 * i] = -1;
    }
    assertTrue(refusal(png).matches("PNG of \\d+ x \\d+ pixels; expected at most 100000000.*"));
    byte[] jpeg = TestPictures.jpeg(TestPictures.gradient(4, 4, BufferedImage.TYPE_INT_RGB));
    int frame = indexOfFrame(jpeg);
    Arrays.fill(jpeg, frame + 5, frame + 9, (byte) 0xFF);
    assertEquals(
        "JPEG of 65535 x 65535 pixels; expected at most 100000000 pixels: if it is a real picture, shrink it",
        refusal(jpeg));
    Arrays.fill(jpeg, frame + 5, frame + 9, (byte) 0);
    assertEquals("JPEG of 0 x 0 pixels; expected at least one pixel", refusal(jpeg));
  }

  private static int indexOfFrame(byte[] jpeg) {
    return IntStream.range(0, jpeg.length)
        .filter(i -> jpeg[i] == (byte) 0xFF && jpeg[i + 1] == (byte) 0xC0)
        .findFirst()
        .orElseThrow();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
