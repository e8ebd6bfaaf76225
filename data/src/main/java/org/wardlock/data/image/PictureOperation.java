package org.wardlock.data.image;

/**
 * Operations on pictures whose strength is a number, as Pillow computes them to the byte: what
 * AutoAugment and RandAugment are made of (Cubuk et al. 2019, 2020), in torchvision's order and
 * units. Pixels that come from outside the picture are black.
 */
public enum PictureOperation {
  /** The picture as it is; the strength is not read. */
  IDENTITY,
  /** Rows moved left by the strength times their number. */
  SHEAR_X,
  /** Columns moved up by the strength times their number. */
  SHEAR_Y,
  /** Moved right by whole pixels. */
  TRANSLATE_X,
  /** Moved down by whole pixels. */
  TRANSLATE_Y,
  /** Turned counter-clockwise around the middle by degrees, each pixel the nearest. */
  ROTATE,
  /** Away from black by the factor 1 + strength. */
  BRIGHTNESS,
  /** Away from grey of the same luma by 1 + strength. */
  COLOR,
  /** Away from the mean luma by 1 + strength. */
  CONTRAST,
  /** Away from a smoothed picture by 1 + strength. */
  SHARPNESS,
  /** The highest bits of each value, as many as the strength says, 0 to 8. */
  POSTERIZE,
  /** Values from the strength on become 255 less the value. */
  SOLARIZE,
  /** Each channel stretched to reach from 0 to 255; the strength is not read. */
  AUTO_CONTRAST,
  /** Each channel's values made equally frequent; the strength is not read. */
  EQUALIZE;

  /** Applies the operation; the picture given stays. */
  public Picture apply(Picture picture, double strength) {
    return switch (this) {
      case IDENTITY -> picture;
      case SHEAR_X -> NearestAffine.of(1, strength, 0, 0, 1, 0).apply(picture);
      case SHEAR_Y -> NearestAffine.of(1, 0, 0, strength, 1, 0).apply(picture);
      case TRANSLATE_X -> NearestAffine.of(1, 0, -(int) strength, 0, 1, 0).apply(picture);
      case TRANSLATE_Y -> NearestAffine.of(1, 0, 0, 0, 1, -(int) strength).apply(picture);
      case ROTATE ->
          NearestAffine.rotation(strength, picture.width(), picture.height()).apply(picture);
      case BRIGHTNESS -> Enhancement.BRIGHTNESS.apply(picture, (float) (1 + strength));
      case COLOR -> Enhancement.COLOR.apply(picture, (float) (1 + strength));
      case CONTRAST -> Enhancement.CONTRAST.apply(picture, (float) (1 + strength));
      case SHARPNESS -> Enhancement.SHARPNESS.apply(picture, (float) (1 + strength));
      case POSTERIZE -> {
        int mask = 0xFF << (Byte.SIZE - (int) strength);
        yield ValueTable.of(value -> value & mask).apply(picture);
      }
      case SOLARIZE ->
          ValueTable.of(value -> value < strength ? value : 255 - value).apply(picture);
      case AUTO_CONTRAST -> ValueTable.perChannel(picture, ValueTable::stretching).apply(picture);
      case EQUALIZE -> ValueTable.perChannel(picture, ValueTable::equalizing).apply(picture);
    };
  }
}
