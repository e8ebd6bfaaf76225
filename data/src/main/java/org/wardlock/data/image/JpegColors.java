package org.wardlock.data.image;

/**
 * What the components of a JPEG mean, and how they become RGB: by the rules and in the whole-number
 * arithmetic of libjpeg, and for inks of Pillow, so that the bytes agree with theirs.
 */
enum JpegColors {
  /** One component. */
  GREY {
    @Override
    void toRgb(byte[] samples, int pixels, byte[] rgb, int offset) {
      for (int i = 0, out = offset; i < pixels; i++, out += 3) {
        rgb[out] = samples[i];
        rgb[out + 1] = samples[i];
        rgb[out + 2] = samples[i];
      }
    }
  },
  /** Three components that need no change. */
  RGB {
    @Override
    void toRgb(byte[] samples, int pixels, byte[] rgb, int offset) {
      System.arraycopy(samples, 0, rgb, offset, 3 * pixels);
    }
  },
  /** Lightness and two colour differences. */
  YCBCR {
    @Override
    void toRgb(byte[] samples, int pixels, byte[] rgb, int offset) {
      for (int i = 0, in = 0, out = offset; i < pixels; i++, in += 3, out += 3) {
        fromYcbcr(samples, in, rgb, out);
      }
    }
  },
  /** Four inks, stored inverted as Adobe's programs do. */
  CMYK {
    @Override
    void toRgb(byte[] samples, int pixels, byte[] rgb, int offset) {
      for (int i = 0, in = 0, out = offset; i < pixels; i++, in += 4, out += 3) {
        int light = Byte.toUnsignedInt(samples[in + 3]);
        rgb[out] = inkToRgb(Byte.toUnsignedInt(samples[in]), light);
        rgb[out + 1] = inkToRgb(Byte.toUnsignedInt(samples[in + 1]), light);
        rgb[out + 2] = inkToRgb(Byte.toUnsignedInt(samples[in + 2]), light);
      }
    }
  },
  /** Four inks, the colours among them as lightness and differences. */
  YCCK {
    @Override
    void toRgb(byte[] samples, int pixels, byte[] rgb, int offset) {
      for (int i = 0, in = 0, out = offset; i < pixels; i++, in += 4, out += 3) {
        int light = Byte.toUnsignedInt(samples[in + 3]);
        fromYcbcr(samples, in, rgb, out);
        for (int channel = 0; channel < 3; channel++) {
          // the colour's complement is what CMYK would have stored
          rgb[out + channel] = inkToRgb(255 - Byte.toUnsignedInt(rgb[out + channel]), light);
        }
      }
    }
  };

  /** Stands for the transform of an Adobe marker where there is none. */
  static final int NO_ADOBE_MARKER = -1;

  private static final int SCALE_BITS = 16;
  private static final int HALF = 1 << (SCALE_BITS - 1);
  private static final int CR_TO_RED = fixedPoint(1.40200);
  private static final int CB_TO_GREEN = fixedPoint(0.34414);
  private static final int CR_TO_GREEN = fixedPoint(0.71414);
  private static final int CB_TO_BLUE = fixedPoint(1.77200);

  /** Converts a row of samples, side by side, and writes it to an array. */
  abstract void toRgb(byte[] samples, int pixels, byte[] rgb, int offset);

  /**
   * The meaning that libjpeg gives components.
   *
   * @param ids of the components
   * @param jfif whether there is a JFIF marker
   * @param adobeTransform as in the Adobe marker, or {@link #NO_ADOBE_MARKER}
   */
  static JpegColors of(int[] ids, boolean jfif, int adobeTransform) throws PictureFormatException {
    return switch (ids.length) {
      case 1 -> GREY;
      case 3 -> {
        boolean namedRgb = ids[0] == 'R' && ids[1] == 'G' && ids[2] == 'B';
        boolean plain = adobeTransform == NO_ADOBE_MARKER ? namedRgb : adobeTransform == 0;
        yield plain && !jfif ? RGB : YCBCR;
      }
      case 4 -> adobeTransform == NO_ADOBE_MARKER || adobeTransform == 0 ? CMYK : YCCK;
      default ->
          throw new PictureFormatException(
              "JPEG of %d components; expected 1, 3 or 4".formatted(ids.length));
    };
  }

  /** The number of components. */
  int components() {
    return switch (this) {
      case GREY -> 1;
      case RGB, YCBCR -> 3;
      case CMYK, YCCK -> 4;
    };
  }

  private static void fromYcbcr(byte[] samples, int in, byte[] rgb, int out) {
    int y = Byte.toUnsignedInt(samples[in]);
    int cb = Byte.toUnsignedInt(samples[in + 1]) - 128;
    int cr = Byte.toUnsignedInt(samples[in + 2]) - 128;
    rgb[out] = clip(y + (CR_TO_RED * cr + HALF >> SCALE_BITS));
    rgb[out + 1] = clip(y + (-CB_TO_GREEN * cb - CR_TO_GREEN * cr + HALF >> SCALE_BITS));
    rgb[out + 2] = clip(y + (CB_TO_BLUE * cb + HALF >> SCALE_BITS));
  }

  /** The light that remains after an ink and black: their product, rounded as Pillow does. */
  private static byte inkToRgb(int stored, int light) {
    int product = (255 - stored) * light + 128;
    return clip(light - ((product >> 8) + product >> 8));
  }

  private static byte clip(int value) {
    return (byte) Math.clamp(value, 0, 255);
  }

  private static int fixedPoint(double value) {
    return (int) (value * (1 << SCALE_BITS) + 0.5);
  }
}
