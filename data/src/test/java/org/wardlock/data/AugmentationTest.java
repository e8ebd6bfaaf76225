package org.wardlock.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wardlock.data.image.Box;
import org.wardlock.data.image.Interpolation;

class AugmentationTest {

  @Test
  void listsAreRead() {
    assertEquals(Augmentation.NONE, Augmentation.parse("", 32));
    assertEquals(Augmentation.NONE, Augmentation.parse("none", 32));
    assertEquals(of(Optional.empty(), true), Augmentation.parse("flip", 32));
    assertEquals(of(Optional.of(new PaddedCrop(4)), true), Augmentation.parse("flip,crop", 32));
    assertEquals(of(Optional.of(new PaddedCrop(28)), false), Augmentation.parse("crop", 224));
    assertEquals(
        of(Optional.of(ResizedCrop.STANDARD), true), Augmentation.parse("resized-crop, flip", 224));
    assertEquals(
        new Augmentation(
            Optional.empty(),
            false,
            Optional.of(RandAugment.STANDARD),
            Optional.of(RandomErasing.STANDARD)),
        Augmentation.parse("rand-augment,erase", 32));
    assertEquals(
        new Augmentation(
            Optional.empty(),
            true,
            Optional.of(new RandAugment(3, 12)),
            Optional.of(new RandomErasing(0.1))),
        Augmentation.parse("erase-0.1,rand-augment-3-12,flip", 32));
  }

  private static Augmentation of(Optional<RandomCrop> crop, boolean flip) {
    return new Augmentation(crop, flip, Optional.empty(), Optional.empty());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "flop",
        "flip,",
        ",",
        "flip,flip",
        "crop,resized-crop",
        "flip;crop",
        "erase-0",
        "erase-2",
        "erase,erase",
        "rand-augment-2",
        "rand-augment-2-31"
      })
  void otherListsAreRefused(String text) {
    String message =
        assertThrows(DataException.class, () -> Augmentation.parse(text, 32)).getMessage();
    assertTrue(message.contains("'" + text + "'"), message);
    assertTrue(message.contains("expected "), message);
  }

  @Test
  void paddedCropsReachEveryPlaceAlike() {
    var crop = new PaddedCrop(2);
    int[] places = new int[25];
    for (int picture = 0; picture < 25_000; picture++) {
      var random = Purpose.CROP.stream(3, 0, picture);
      places[5 * (crop.down(random) + 2) + crop.right(random) + 2]++;
    }
    double chiSquare = 0;
    for (int count : places) {
      chiSquare += (count - 1000.0) * (count - 1000.0) / 1000;
    }
    assertTrue(
        chiSquare < 51.2, "chi-square " + chiSquare + " of 24 degrees of freedom, 0.1 % limit");
  }

  @Test
  void resizedCropsFillTheirRanges() {
    double sumArea = 0;
    double minRatio = Double.MAX_VALUE;
    double maxRatio = 0;
    int pictures = 20_000;
    for (int picture = 0; picture < pictures; picture++) {
      Box box = ResizedCrop.STANDARD.choose(400, 400, Purpose.CROP.stream(5, 1, picture));
      assertTrue(box.left() + box.width() <= 400 && box.top() + box.height() <= 400);
      double area = box.width() * box.height() / 160_000.0;
      double ratio = (double) box.width() / box.height();
      assertTrue(area > 0.079 && area <= 1, "area " + area);
      assertTrue(ratio > 0.745 && ratio < 1.345, "ratio " + ratio);
      sumArea += area;
      minRatio = Math.min(minRatio, ratio);
      maxRatio = Math.max(maxRatio, ratio);
    }
    // areas near 1 fit only with a ratio near 1, so large ones are rarer than a uniform law's
    assertEquals(0.49, sumArea / pictures, 0.02);
    assertEquals(0.75, minRatio, 0.01);
    assertEquals(1.333, maxRatio, 0.01);
  }

  @Test
  void aPictureThatNoCropFitsGivesItsMiddle() {
    // in 4 pixels by 400, no area of 8 % has a ratio that is allowed
    var random = Purpose.CROP.stream(0, 0, 0);
    assertEquals(new Box(0, 197, 4, 5), ResizedCrop.STANDARD.choose(4, 400, random));
    assertEquals(new Box(197, 0, 5, 4), ResizedCrop.STANDARD.choose(400, 4, random));
    var whole = new ResizedCrop(1, 1, 1, 1, Interpolation.BICUBIC);
    assertEquals(new Box(0, 0, 30, 30), whole.choose(30, 30, random));
  }

  @Test
  void rangesThatMakeNoSenseAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> new PaddedCrop(0));
    assertThrows(
        IllegalArgumentException.class,
        () -> new ResizedCrop(0.5, 0.4, 1, 1, Interpolation.BICUBIC));
    assertThrows(
        IllegalArgumentException.class, () -> new ResizedCrop(0, 1, 1, 1, Interpolation.BICUBIC));
    assertThrows(
        IllegalArgumentException.class, () -> new ResizedCrop(0.1, 1, 2, 1, Interpolation.BICUBIC));
  }
}
