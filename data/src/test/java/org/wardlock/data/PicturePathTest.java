package org.wardlock.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.wardlock.data.image.Interpolation;
import org.wardlock.data.image.Picture;

class PicturePathTest {
  private static final PictureShape SHAPE = new PictureShape(3, 16, 16);

  private final MemoryDataset dataset = new MemoryDataset(200, 4, SHAPE);

  private static byte[] write(PicturePath path, int index, int epoch) {
    int values = path.shape().values();
    byte[] target = new byte[values];
    path.write(index, epoch, target, 0, new byte[values]);
    return target;
  }

  private byte[] pixels(int index) {
    byte[] pixels = new byte[SHAPE.values()];
    dataset.copyPixels(index, pixels, 0);
    return pixels;
  }

  private static Optional<Preprocess> preprocess(int imageSize) {
    return Optional.of(Preprocess.of(imageSize, 0.9, Interpolation.BICUBIC));
  }

  /** Pictures whose sizes are not known to agree. */
  private Dataset withoutShape() {
    return new ForwardingDataset(dataset) {
      @Override
      public Optional<PictureShape> shape() {
        return Optional.empty();
      }
    };
  }

  @Test
  void picturesOfTheModelsSizePassThroughUnchanged() {
    var path = new PicturePath(dataset, preprocess(16), Augmentation.NONE, 0);
    assertArrayEquals(pixels(5), write(path, 5, 0));
  }

  @Test
  void picturesOfAnotherSizeAreResizedAndCropped() {
    var path = new PicturePath(dataset, preprocess(24), Augmentation.NONE, 0);
    assertEquals(new PictureShape(3, 24, 24), path.shape());
    Picture expected = preprocess(24).orElseThrow().apply(dataset.picture(5));
    byte[] planes = new byte[3 * 24 * 24];
    expected.copyPlanes(planes, 0);
    assertArrayEquals(planes, write(path, 5, 0));
  }

  @Test
  void whereSizesDifferEveryPictureIsResizedAndCropped() {
    var path = new PicturePath(withoutShape(), preprocess(16), Augmentation.NONE, 0);
    assertFalse(Arrays.equals(pixels(5), write(path, 5, 0)));
  }

  @Test
  void whereSizesDifferOneMustBeGiven() {
    assertThrows(
        DataException.class,
        () -> new PicturePath(withoutShape(), Optional.empty(), Augmentation.NONE, 0));
  }

  @Test
  void aboutHalfOfThePicturesAreMirrored() {
    var path = new PicturePath(dataset, Optional.empty(), Augmentation.parse("flip", 16), 1);
    int mirrored = 0;
    for (int index = 0; index < dataset.size(); index++) {
      byte[] expected = new byte[SHAPE.values()];
      Planes.move(pixels(index), SHAPE, new Move(0, 0, true), expected, 0);
      byte[] written = write(path, index, 2);
      assertArrayEquals(written, write(path, index, 2));
      boolean isMirrored = Arrays.equals(expected, written);
      assertTrue(isMirrored || Arrays.equals(pixels(index), written));
      mirrored += isMirrored ? 1 : 0;
    }
    assertEquals(100, mirrored, 35);
  }

  @Test
  void everyEpochAndSeedDrawsAnew() {
    var augmentation = Augmentation.parse("resized-crop,flip", 16);
    var path = new PicturePath(dataset, Optional.empty(), augmentation, 1);
    var other = new PicturePath(dataset, Optional.empty(), augmentation, 2);
    byte[] first = write(path, 3, 0);
    assertArrayEquals(first, write(path, 3, 0));
    assertFalse(Arrays.equals(first, write(path, 3, 1)));
    assertFalse(Arrays.equals(first, write(other, 3, 0)));
  }

  /** A limit must not change what happens to the pictures that are left. */
  @Test
  void choicesGoByThePicturesNumberInTheWholeSplit() {
    var augmentation = Augmentation.parse("crop,flip", 16);
    var whole = new PicturePath(dataset, Optional.empty(), augmentation, 1);
    var part =
        new PicturePath(new Subset(dataset, new int[] {150, 3}), Optional.empty(), augmentation, 1);
    assertArrayEquals(write(whole, 150, 4), write(part, 0, 4));
    assertArrayEquals(write(whole, 3, 4), write(part, 1, 4));
  }

  @Test
  void resizedCropsTakeTheModelsSize() {
    var path =
        new PicturePath(withoutShape(), preprocess(24), Augmentation.parse("resized-crop", 24), 1);
    assertEquals(3 * 24 * 24, write(path, 0, 0).length);
  }
}
