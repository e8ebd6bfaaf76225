package org.wardlock.data.image;

import java.awt.color.ColorSpace;
import java.awt.color.ICC_Profile;
import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;

/** Makes picture files of every kind, sound and unsound. */
public final class TestPictures {
  private static final int START_LENGTH = 2;

  private TestPictures() {}

  /** A picture with soft colour gradients, which survive compression. */
  public static BufferedImage gradient(int width, int height, int type) {
    var image = new BufferedImage(width, height, type);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int red = 255 * x / Math.max(1, width - 1);
        int green = 255 * y / Math.max(1, height - 1);
        image.setRGB(x, y, 0xFF000000 | red << 16 | green << 8 | 128);
      }
    }
    return image;
  }

  public static byte[] png(BufferedImage image) {
    return encode(image, "png");
  }

  public static byte[] jpeg(BufferedImage image) {
    return encode(image, "jpeg");
  }

  private static byte[] encode(BufferedImage image, String format) {
    try (var out = new ByteArrayOutputStream()) {
      if (!ImageIO.write(image, format, out)) {
        throw new IllegalArgumentException("no writer of " + format + " for " + image);
      }
      return out.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A JPEG of four components, all pixels with the same stored values. */
  static byte[] fourComponents(int width, int height, int... stored) {
    WritableRaster raster = Raster.createInterleavedRaster(0, width, height, 4, null);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        raster.setPixel(x, y, stored);
      }
    }
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    try (var out = new ByteArrayOutputStream();
        var stream = ImageIO.createImageOutputStream(out)) {
      ImageWriteParam settings = writer.getDefaultWriteParam();
      settings.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      settings.setCompressionQuality(1);
      writer.setOutput(stream);
      writer.write(null, new IIOImage(raster, null, null), settings);
      stream.flush();
      return out.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      writer.dispose();
    }
  }

  /**
   * A lossless JPEG (ITU-T T.81, annex H) of 16 x 16 pixels of middle grey: all differences are 0.
   */
  static byte[] losslessGrey() {
    int[] headers = {
      0xFF,
      0xD8, // start of image
      0xFF,
      0xC3,
      0,
      11,
      8,
      0,
      16,
      0,
      16,
      1,
      1,
      0x11,
      0, // lossless frame: 8 bits, one component
      0xFF,
      0xC4,
      0,
      20,
      0,
      1,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      0, // one bit: no difference
      0xFF,
      0xDA,
      0,
      8,
      1,
      1,
      0,
      1,
      0,
      0 // scan with the first predictor
    };
    byte[] jpeg = new byte[headers.length + 16 * 16 / Byte.SIZE + 2];
    for (int i = 0; i < headers.length; i++) {
      jpeg[i] = (byte) headers[i];
    }
    jpeg[jpeg.length - 2] = (byte) 0xFF;
    jpeg[jpeg.length - 1] = (byte) 0xD9;
    return jpeg;
  }

  /** With an Adobe marker that names a transform: 0 none, 1 YCbCr, 2 YCCK. */
  static byte[] withAdobeMarker(byte[] jpeg, int transform) {
    byte[] marker = {
      (byte) 0xFF, (byte) 0xEE, 0, 14, 'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, (byte) transform
    };
    return insert(jpeg, START_LENGTH, marker);
  }

  /** With the JDK's grey profile, whatever the picture's colours. */
  static byte[] withGreyProfile(byte[] jpeg) {
    return withProfile(jpeg, ICC_Profile.getInstance(ColorSpace.CS_GRAY).getData());
  }

  static byte[] withProfile(byte[] jpeg, byte[] profile) {
    byte[] name = "ICC_PROFILE\0\1\1".getBytes(StandardCharsets.ISO_8859_1);
    int length = 2 + name.length + profile.length;
    var marker = new ByteArrayOutputStream();
    marker.write(0xFF);
    marker.write(0xE2);
    marker.write(length >>> 8);
    marker.write(length);
    marker.writeBytes(name);
    marker.writeBytes(profile);
    // behind the JFIF marker, which comes first
    int jfifEnd = 4 + (Byte.toUnsignedInt(jpeg[4]) << 8 | Byte.toUnsignedInt(jpeg[5]));
    return insert(jpeg, jfifEnd, marker.toByteArray());
  }

  /** Without the JFIF marker that ImageIO's writer puts first. */
  static byte[] withoutJfif(byte[] jpeg) {
    int jfifEnd = 4 + (Byte.toUnsignedInt(jpeg[4]) << 8 | Byte.toUnsignedInt(jpeg[5]));
    byte[] start = Arrays.copyOf(jpeg, START_LENGTH);
    return insert(start, START_LENGTH, Arrays.copyOfRange(jpeg, jfifEnd, jpeg.length));
  }

  static byte[] insert(byte[] content, int at, byte[] inserted) {
    byte[] result = new byte[content.length + inserted.length];
    System.arraycopy(content, 0, result, 0, at);
    System.arraycopy(inserted, 0, result, at, inserted.length);
    System.arraycopy(content, at, result, at + inserted.length, content.length - at);
    return result;
  }
}
