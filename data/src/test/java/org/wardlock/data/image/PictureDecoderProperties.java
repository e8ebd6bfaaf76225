package org.wardlock.data.image;

import static org.junit.jupiter.api.Assertions.assertFalse;

import java.awt.image.BufferedImage;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class PictureDecoderProperties {
  private static final byte[] JPEG =
      TestPictures.withGreyProfile(
          TestPictures.jpeg(TestPictures.gradient(40, 30, BufferedImage.TYPE_INT_RGB)));
  private static final byte[] PNG =
      TestPictures.png(TestPictures.gradient(40, 30, BufferedImage.TYPE_INT_RGB));

  /** A damaged file is decoded or refused; nothing else may be thrown. */
  @Property(tries = 400)
  void oneFlippedBitIsSurvived(
      @ForAll boolean png,
      @ForAll @IntRange(min = 0, max = 1_000_000) int place,
      @ForAll @IntRange(min = 0, max = 7) int bit) {
    byte[] content = (png ? PNG : JPEG).clone();
    content[place % content.length] ^= (byte) (1 << bit);
    try {
      PictureDecoder.decode(content);
    } catch (PictureFormatException e) {
      assertFalse(e.getMessage().isBlank());
      assertFalse(e.getMessage().contains("\n"));
    }
  }

  @Property(tries = 200)
  void anyStartOfAFileIsDecodedOrRefused(
      @ForAll boolean png, @ForAll @IntRange(min = 0, max = 1_000_000) int length) {
    byte[] whole = png ? PNG : JPEG;
    byte[] content = Arrays.copyOf(whole, length % whole.length);
    try {
      PictureDecoder.decode(content);
    } catch (PictureFormatException e) {
      assertFalse(e.getMessage().isBlank());
    }
  }
}
