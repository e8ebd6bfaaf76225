package org.wardlock.data;

import java.util.List;
import org.wardlock.data.image.Picture;
import org.wardlock.data.image.PictureOperation;
import org.wardlock.tensor.Philox;

/**
 * Some operations one after another, each chosen evenly among fourteen, all of one strength
 * (RandAugment, Cubuk et al. 2020). Operations, ranges and the 31 strengths are those of
 * torchvision's {@code RandAugment}; half of the signed ones are turned around.
 *
 * @param operations how many, 2 in torchvision
 * @param magnitude from 0 (next to nothing) to 30; 9 in torchvision
 */
public record RandAugment(int operations, int magnitude) {
  /** What torchvision does unless told otherwise. */
  public static final RandAugment STANDARD = new RandAugment(2, 9);

  private static final int LARGEST = 30;
  private static final List<PictureOperation> CHOICE = List.of(PictureOperation.values());

  /** Checks the numbers. */
  public RandAugment {
    if (operations < 1) {
      throw new IllegalArgumentException(
          "RandAugment: " + operations + " operations, expected at least 1");
    }
    if (magnitude < 0 || magnitude > LARGEST) {
      throw new IllegalArgumentException(
          "RandAugment: magnitude " + magnitude + ", expected 0 to " + LARGEST);
    }
  }

  /** Changes a picture as a stream of random numbers says. */
  Picture apply(Picture picture, Philox random) {
    Picture result = picture;
    for (int i = 0; i < operations; i++) {
      PictureOperation operation = CHOICE.get(random.below(CHOICE.size(), 2L * i));
      boolean negative = random.below(2, 2L * i + 1) == 1;
      result = operation.apply(result, strength(operation, picture, negative));
    }
    return result;
  }

  /** What the magnitude means to an operation on a picture of that size. */
  double strength(PictureOperation operation, Picture picture, boolean negative) {
    double part = magnitude / (double) LARGEST;
    double sign = negative ? -1 : 1;
    return switch (operation) {
      case SHEAR_X, SHEAR_Y -> sign * 0.3 * part;
      case TRANSLATE_X -> sign * 150.0 / 331 * picture.width() * part;
      case TRANSLATE_Y -> sign * 150.0 / 331 * picture.height() * part;
      case ROTATE -> sign * 30 * part;
      case BRIGHTNESS, COLOR, CONTRAST, SHARPNESS -> sign * 0.9 * part;
      case POSTERIZE -> 8 - Math.rint(4 * part);
      case SOLARIZE -> 255 * (1 - part);
      case IDENTITY, AUTO_CONTRAST, EQUALIZE -> 0;
    };
  }
}
