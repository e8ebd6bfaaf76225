package org.wardlock.data.image;

import java.util.Arrays;

/** Mixes a picture with a poorer one of itself, or away from that: Pillow's ImageEnhance. */
enum Enhancement {
  BRIGHTNESS {
    @Override
    byte[] poorer(Picture picture) {
      return new byte[picture.rgb().length];
    }
  },
  COLOR {
    @Override
    byte[] poorer(Picture picture) {
      byte[] grey = new byte[picture.rgb().length];
      for (int i = 0; i < grey.length; i += Picture.CHANNELS) {
        fill(grey, i, luma(picture.rgb(), i));
      }
      return grey;
    }
  },
  CONTRAST {
    @Override
    byte[] poorer(Picture picture) {
      byte[] rgb = picture.rgb();
      long sum = 0;
      for (int i = 0; i < rgb.length; i += Picture.CHANNELS) {
        sum += luma(rgb, i);
      }
      int mean = (int) ((double) sum / (rgb.length / Picture.CHANNELS) + 0.5);
      byte[] grey = new byte[rgb.length];
      Arrays.fill(grey, (byte) mean);
      return grey;
    }
  },
  SHARPNESS {
    @Override
    byte[] poorer(Picture picture) {
      byte[] rgb = picture.rgb();
      byte[] smooth = rgb.clone();
      int stride = Picture.CHANNELS * picture.width();
      for (int row = 1; row < picture.height() - 1; row++) {
        int end = (row + 1) * stride - Picture.CHANNELS;
        for (int i = row * stride + Picture.CHANNELS; i < end; i++) {
          smooth[i] = (byte) smoothed(rgb, i, stride);
        }
      }
      return smooth;
    }
  };

  private static final int CENTRE_WEIGHT = 5;
  private static final int WEIGHTS = 13;

  /** What a factor of 0 gives. */
  abstract byte[] poorer(Picture picture);

  /**
   * {@code poorer + factor * (picture - poorer)}, in float, cut off below the point and at 0 and
   * 255.
   */
  Picture apply(Picture picture, float factor) {
    byte[] rgb = picture.rgb();
    byte[] out = poorer(picture);
    for (int i = 0; i < out.length; i++) {
      int from = out[i] & 0xFF;
      float mixed = from + factor * ((rgb[i] & 0xFF) - from);
      out[i] = (byte) Math.clamp((int) mixed, 0, 255);
    }
    return new Picture(picture.width(), picture.height(), out);
  }

  /** ITU-R 601-2 in 16-bit fixed point. */
  private static int luma(byte[] rgb, int at) {
    int red = rgb[at] & 0xFF;
    int green = rgb[at + 1] & 0xFF;
    int blue = rgb[at + 2] & 0xFF;
    return (red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16;
  }

  private static void fill(byte[] rgb, int at, int value) {
    for (int channel = 0; channel < Picture.CHANNELS; channel++) {
      rgb[at + channel] = (byte) value;
    }
  }

  /** The mean of nine neighbours with five parts of the middle, rounded; the edge stays. */
  private static int smoothed(byte[] rgb, int at, int stride) {
    int sum = (CENTRE_WEIGHT - 1) * (rgb[at] & 0xFF);
    for (int down = -stride; down <= stride; down += stride) {
      for (int right = -Picture.CHANNELS; right <= Picture.CHANNELS; right += Picture.CHANNELS) {
        sum += rgb[at + down + right] & 0xFF;
      }
    }
    return (2 * sum + WEIGHTS) / (2 * WEIGHTS);
  }
}
