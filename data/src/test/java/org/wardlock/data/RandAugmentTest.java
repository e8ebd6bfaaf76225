package org.wardlock.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wardlock.data.image.Picture;
import org.wardlock.data.image.PictureOperation;
import org.wardlock.tensor.Philox;

class RandAugmentTest {
  private static final Picture PICTURE = noise();

  private static Picture noise() {
    byte[] rgb = new byte[3 * 33 * 66];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) (20 + new Philox(1, 2, 3).below(180, i));
    }
    return new Picture(66, 33, rgb);
  }

  /** Bins 0, 9 and 30 of torchvision's 31. */
  @ParameterizedTest
  @CsvSource({
    "SHEAR_X, 9, 0.09",
    "SHEAR_Y, 30, 0.3",
    "ROTATE, 9, 9",
    "ROTATE, 30, 30",
    "TRANSLATE_X, 9, 8.972809667673717",
    "TRANSLATE_Y, 30, 14.954682779456194",
    "BRIGHTNESS, 9, 0.27",
    "COLOR, 30, 0.9",
    "CONTRAST, 0, 0",
    "SHARPNESS, 9, 0.27",
    "POSTERIZE, 0, 8",
    "POSTERIZE, 9, 7",
    "POSTERIZE, 30, 4",
    "SOLARIZE, 0, 255",
    "SOLARIZE, 9, 178.5",
    "SOLARIZE, 30, 0",
  })
  void magnitudesMeanWhatTorchvisionMakesOfThem(
      PictureOperation operation, int magnitude, double expected) {
    var augment = new RandAugment(1, magnitude);
    assertEquals(expected, augment.strength(operation, PICTURE, false), 1e-12);
    boolean signed = operation.ordinal() < PictureOperation.POSTERIZE.ordinal();
    assertEquals(signed ? -expected : expected, augment.strength(operation, PICTURE, true), 1e-12);
  }

  @Test
  void equalStreamsGiveEqualPicturesAndOthersOthers() {
    var outcomes = new HashMap<Picture, Integer>();
    for (int id = 0; id < 200; id++) {
      Picture first = RandAugment.STANDARD.apply(PICTURE, Purpose.RAND_AUGMENT.stream(1, 0, id));
      Picture again = RandAugment.STANDARD.apply(PICTURE, Purpose.RAND_AUGMENT.stream(1, 0, id));
      assertEquals(first, again);
      outcomes.merge(first, 1, Integer::sum);
    }
    assertTrue(outcomes.size() > 80, outcomes.size() + " different pictures");
    assertNotEquals(
        RandAugment.STANDARD.apply(PICTURE, Purpose.RAND_AUGMENT.stream(1, 0, 3)),
        RandAugment.STANDARD.apply(PICTURE, Purpose.RAND_AUGMENT.stream(1, 1, 3)));
  }

  /** One operation: the picture stays with the one that does nothing, and with no other. */
  @Test
  void everyOperationHasItsTurn() {
    var expected = new HashMap<Picture, PictureOperation>();
    var augment = new RandAugment(1, 9);
    for (PictureOperation operation : PictureOperation.values()) {
      for (boolean negative : new boolean[] {false, true}) {
        expected.put(
            operation.apply(PICTURE, augment.strength(operation, PICTURE, negative)), operation);
      }
    }
    var counts = new HashMap<PictureOperation, Integer>();
    for (int id = 0; id < 700; id++) {
      Picture found = augment.apply(PICTURE, Purpose.RAND_AUGMENT.stream(5, 0, id));
      counts.merge(expected.get(found), 1, Integer::sum);
    }
    assertEquals(PictureOperation.values().length, counts.size(), counts::toString);
    for (Map.Entry<PictureOperation, Integer> count : counts.entrySet()) {
      // a fourteenth of 700 is 50; seven deviations
      assertEquals(50, count.getValue(), 48, counts::toString);
    }
  }

  @Test
  void numbersThatMakeNoSenseAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> new RandAugment(0, 9));
    assertThrows(IllegalArgumentException.class, () -> new RandAugment(2, 31));
    assertThrows(IllegalArgumentException.class, () -> new RandAugment(2, -1));
  }
}
