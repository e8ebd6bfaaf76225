package org.wardlock.defense.compress;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.wardlock.nn.Chance;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;
import org.wardlock.tensor.testing.TestDevice;

/** Tables that chance chooses: for each block, and for each picture. */
class ChosenTablesTest {
  private static final int SIDE = 24;
  private static final int COUNT = 5;
  private static final Shape PICTURE = Shape.of(3, SIDE, SIDE);
  private static final Shape BATCH = Shape.of(COUNT, 3, SIDE, SIDE);
  private static final List<JpegTables> LEVELS =
      List.of(JpegTables.quality(15), JpegTables.quality(50), JpegTables.quality(85));

  private static float[] compressed(JpegTables tables, Subsampling subsampling, Tensor images) {
    try (JpegTransform transform =
        JpegTransform.of(tables, subsampling, PICTURE, TestDevice.get())) {
      return transform.apply(images).toFloats();
    }
  }

  private static StochasticQuantization stochastic(long seed) {
    return StochasticQuantization.of(
        StochasticQuantization.QUALITIES, seed, PICTURE, TestDevice.get());
  }

  @Test
  void everyBlockIsOfOneOfTheQualities() {
    try (Scope _ = Scope.open("test");
        StochasticQuantization quantization = stochastic(1)) {
      Tensor images = TestPictures.ofBytes(BATCH, 2);
      float[] found = quantization.apply(images).toFloats();
      List<float[]> pure =
          StochasticQuantization.QUALITIES.stream()
              .map(quality -> compressed(JpegTables.quality(quality), Subsampling.NONE, images))
              .toList();
      var used = new HashSet<Integer>();
      for (int picture = 0; picture < COUNT; picture++) {
        for (int block = 0; block < 9; block++) {
          used.add(qualityOf(found, pure, picture, block));
        }
      }
      assertEquals(Set.of(0, 1, 2, 3), used);
    }
  }

  /** Which of the pure pictures a block of all three colours is from. */
  private static int qualityOf(float[] found, List<float[]> pure, int picture, int block) {
    for (int quality = 0; quality < pure.size(); quality++) {
      boolean same = true;
      for (int i = 0; i < 3 * 64; i++) {
        int row = block / 3 * 8 + i % 64 / 8;
        int column = block % 3 * 8 + i % 8;
        int at = ((picture * 3 + i / 64) * SIDE + row) * SIDE + column;
        same &= found[at] == pure.get(quality)[at];
      }
      if (same) {
        return quality;
      }
    }
    throw new AssertionError("block %d of picture %d".formatted(block, picture));
  }

  @Test
  void choicesFollowFromTheSeedAndVary() {
    try (Scope _ = Scope.open("test");
        StochasticQuantization one = stochastic(1);
        StochasticQuantization same = stochastic(1);
        StochasticQuantization other = stochastic(2)) {
      assertFalse(one.isDeterministic());
      Tensor images = TestPictures.ofBytes(BATCH, 2);
      float[] first = one.apply(images).toFloats();
      float[] second = one.apply(images).toFloats();
      assertArrayEquals(first, same.apply(images).toFloats());
      assertArrayEquals(second, same.apply(images).toFloats());
      assertFalse(Arrays.equals(first, second));
      assertFalse(Arrays.equals(first, other.apply(images).toFloats()));
    }
  }

  @Test
  void gradientsPassTheChosenTables() {
    try (Scope _ = Scope.open("test");
        StochasticQuantization exact = stochastic(1);
        StochasticQuantization quantization =
            exact.withGradient(RoundingGradient.STRAIGHT_THROUGH)) {
      Tensor images = TestPictures.uniform(BATCH, 0.45f, 0.55f, 2).requiresGrad();
      Tensor seed = TestPictures.uniform(BATCH, -1, 1, 6);
      Tensor output = quantization.apply(images);
      assertArrayEquals(exact.apply(images).toFloats(), output.toFloats());
      assertArrayEquals(seed.toFloats(), output.backward(seed).of(images).toFloats(), 0.01f);
    }
  }

  private static float[] drawn(int own, double share, Tensor images, long seed, long... streams) {
    try (RandomLevels levels =
        RandomLevels.of(LEVELS, own, share, Subsampling.HALF, PICTURE, TestDevice.get())) {
      Tensor each = Tensor.ofLongs(TestDevice.get(), Shape.of(streams.length), streams);
      return levels.apply(images, new Chance(seed, each)).toFloats();
    }
  }

  @Test
  void everyPictureIsOfOneLevelByItsStream() {
    try (Scope _ = Scope.open("test")) {
      int count = 60;
      Tensor one = TestPictures.ofBytes(Shape.of(1, 3, SIDE, SIDE), 4);
      Tensor images = one.expand(Shape.of(count, 3, SIDE, SIDE)).contiguous();
      float[] found = drawn(1, 0.6, images, 9, LongStream.range(0, count).toArray());
      List<float[]> pure =
          LEVELS.stream().map(tables -> compressed(tables, Subsampling.HALF, one)).toList();
      var counts = new int[LEVELS.size()];
      int size = pure.getFirst().length;
      for (int picture = 0; picture < count; picture++) {
        float[] each = Arrays.copyOfRange(found, picture * size, (picture + 1) * size);
        for (int level = 0; level < counts.length; level++) {
          counts[level] += Arrays.equals(each, pure.get(level)) ? 1 : 0;
        }
      }
      assertEquals(count, Arrays.stream(counts).sum());
      // 12, 36 and 12 are expected
      assertTrue(counts[0] > 3 && counts[2] > 3 && counts[1] > 24, Arrays.toString(counts));
      // whatever else is in the batch
      float[] alone = drawn(1, 0.6, one, 9, 17);
      assertArrayEquals(alone, Arrays.copyOfRange(found, 17 * size, 18 * size));
    }
  }

  @Test
  void withoutAShareItIsTheOwnLevel() {
    try (Scope _ = Scope.open("test")) {
      Tensor images = TestPictures.ofBytes(BATCH, 2);
      for (int own = 0; own < LEVELS.size(); own++) {
        assertArrayEquals(
            compressed(LEVELS.get(own), Subsampling.HALF, images),
            drawn(own, 0, images, 3, 0, 1, 2, 3, 4));
      }
      assertNotEquals(
          Arrays.hashCode(drawn(0, 1, images, 3, 0, 1, 2, 3, 4)),
          Arrays.hashCode(drawn(0, 1, images, 4, 0, 1, 2, 3, 4)));
      assertThrows(IllegalArgumentException.class, () -> drawn(0, 1.5, images, 3, 0, 1, 2, 3, 4));
    }
  }
}
