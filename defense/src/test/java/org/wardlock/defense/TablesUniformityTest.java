package org.wardlock.defense;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.wardlock.defense.TransformKind.CHANNELS;
import static org.wardlock.defense.TransformKind.FFX;
import static org.wardlock.defense.TransformKind.FLIP;
import static org.wardlock.defense.TransformKind.NEGATE;
import static org.wardlock.defense.TransformKind.NEGATE_BLOCK;
import static org.wardlock.defense.TransformKind.NEGATE_EACH;
import static org.wardlock.defense.TransformKind.ROTATE;
import static org.wardlock.defense.TransformKind.SHUFFLE_EACH;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Over many secrets every table of the secure derivation is as likely as any other, and the tables
 * of two positions or two steps say nothing about each other: chi-square tests at one in a million,
 * on secrets that are the same in every run. {@code -Dwardlock.test.uniformity-keys=100000} takes
 * more of them than the suite does.
 */
@Tag("cpu-only") // computes no tensor
class TablesUniformityTest {
  private static final int KEYS = Integer.getInteger("wardlock.test.uniformity-keys", 5_000);

  /** Beyond which a standard normal number is found once in a million. */
  private static final double RARE = 4.7534;

  private static final KeySpec SPEC =
      KeySpec.secure(
          2,
          TransformKind.SHUFFLE,
          FFX,
          NEGATE,
          TransformKind.SCRAMBLE,
          SHUFFLE_EACH,
          NEGATE_EACH,
          ROTATE,
          FLIP,
          CHANNELS,
          NEGATE_BLOCK);
  private static final BlockPosition ORIGIN = new BlockPosition(0, 0);
  private static final BlockPosition BESIDE = new BlockPosition(0, 1);
  private static final BlockPosition BELOW = new BlockPosition(1, 0);

  @Test
  void permutationsOfABlock() {
    assertUniform("shuffle", 24, tables -> rank(tables.permutation(4)));
    assertUniform("shuffle-each", 24, tables -> rank(tables.permutation(SHUFFLE_EACH, BELOW, 4)));
    assertUniform("scramble", 24, tables -> rank(tables.places(4)));
    assertUniform("channels", 6, tables -> rank(tables.permutation(CHANNELS, BESIDE, 3)));
  }

  @Test
  void everyValueOfALargeBlockGoesEverywhere() {
    int length = 12;
    int[][] counts = new int[length][length];
    for (int i = 0; i < KEYS; i++) {
      Permutation drawn = tables(i).permutation(length);
      for (int at = 0; at < length; at++) {
        counts[at][drawn.at(at)]++;
      }
    }
    double sum = 0;
    for (int[] row : counts) {
      sum += chiSquare(row, (double) KEYS / length);
    }
    // each row and each column adds up to the number of keys, so the sum is that of fewer squares
    assertRareEnough("shuffle of 12", sum * (length - 1) / length, (length - 1) * (length - 1));
  }

  @Test
  void masks() {
    assertUniform("negate", 20, tables -> maskRank(tables.mask(NEGATE, 6)));
    assertUniform("ffx", 20, tables -> maskRank(tables.mask(FFX, 6)));
    assertUniform("negate-each", 20, tables -> maskRank(tables.mask(NEGATE_EACH, BESIDE, 6)));
  }

  @Test
  void codes() {
    int[] levels = {0, 100, 255};
    List<int[]> drawn =
        IntStream.range(0, KEYS)
            .parallel()
            .mapToObj(TablesUniformityTest::tables)
            .map(SecureTables::codeTable)
            .map(codes -> IntStream.of(levels).map(level -> codes[level]).toArray())
            .toList();
    for (int i = 0; i < levels.length; i++) {
      int place = i;
      IntStream codes = drawn.stream().mapToInt(each -> each[place]);
      assertUniform("code of " + levels[i], 1000, codes);
    }
  }

  @Test
  void choices() {
    assertUniform("rotate", 4, tables -> tables.choice(ROTATE, ORIGIN, 4));
    assertUniform("flip", 4, tables -> tables.choice(FLIP, BELOW, 4));
    assertUniform("negate-block", 2, tables -> tables.choice(NEGATE_BLOCK, BESIDE, 2));
  }

  @Test
  void positionsAndStepsSayNothingAboutEachOther() {
    assertUniform(
        "shuffles of two blocks",
        24 * 24,
        tables ->
            24 * rank(tables.permutation(SHUFFLE_EACH, ORIGIN, 4))
                + rank(tables.permutation(SHUFFLE_EACH, BESIDE, 4)));
    assertUniform(
        "masks of two blocks",
        400,
        tables ->
            20 * maskRank(tables.mask(NEGATE_EACH, ORIGIN, 6))
                + maskRank(tables.mask(NEGATE_EACH, BELOW, 6)));
    assertUniform(
        "turns of three blocks",
        64,
        tables ->
            16 * tables.choice(ROTATE, ORIGIN, 4)
                + 4 * tables.choice(ROTATE, BESIDE, 4)
                + tables.choice(ROTATE, BELOW, 4));
    assertUniform(
        "turn and mirroring of a block",
        16,
        tables -> 4 * tables.choice(ROTATE, ORIGIN, 4) + tables.choice(FLIP, ORIGIN, 4));
    assertUniform(
        "shuffle and mask",
        480,
        tables -> 20 * rank(tables.permutation(4)) + maskRank(tables.mask(NEGATE, 6)));
    assertUniform(
        "shuffle of all blocks and of one",
        576,
        tables ->
            24 * rank(tables.permutation(4)) + rank(tables.permutation(SHUFFLE_EACH, ORIGIN, 4)));
  }

  private static void assertUniform(String what, int outcomes, ToIntFunction<SecureTables> drawn) {
    IntStream keys = IntStream.range(0, KEYS).parallel();
    assertUniform(what, outcomes, keys.map(number -> drawn.applyAsInt(tables(number))));
  }

  private static void assertUniform(String what, int outcomes, IntStream drawn) {
    int[] counts = new int[outcomes];
    for (int outcome : drawn.toArray()) {
      counts[outcome]++;
    }
    assertRareEnough(what, chiSquare(counts, (double) KEYS / outcomes), outcomes - 1);
  }

  /** By the transform of Wilson and Hilferty, which is good to a per cent at these rarities. */
  private static void assertRareEnough(String what, double chiSquare, int freedom) {
    double spread = 2.0 / (9 * freedom);
    double limit = freedom * Math.pow(1 - spread + RARE * Math.sqrt(spread), 3);
    assertTrue(
        chiSquare < limit,
        () ->
            "%s over %s keys: chi-square %s with %s degrees of freedom, expected less than %s"
                .formatted(what, KEYS, chiSquare, freedom, limit));
  }

  private static double chiSquare(int[] counts, double expected) {
    return Arrays.stream(counts)
        .mapToDouble(count -> (count - expected) * (count - expected) / expected)
        .sum();
  }

  /** Secrets that differ in few bits, as those of a bad generator would. */
  private static SecureTables tables(int number) {
    byte[] secret = ByteBuffer.allocate(Key.SECRET_BYTES).putInt(number).array();
    return new SecureTables(secret, SPEC);
  }

  /** A number of 0..n!-1 that no other permutation has. */
  private static int rank(Permutation permutation) {
    int rank = 0;
    for (int i = 0; i < permutation.length(); i++) {
      int smaller = 0;
      for (int k = i + 1; k < permutation.length(); k++) {
        smaller += permutation.at(k) < permutation.at(i) ? 1 : 0;
      }
      rank = rank * (permutation.length() - i) + smaller;
    }
    return rank;
  }

  /** A number of 0..19 that no other mask of three of six has. */
  private static int maskRank(boolean[] mask) {
    int rank = 0;
    for (int bits = 0; bits < 1 << mask.length; bits++) {
      boolean same = true;
      for (int i = 0; i < mask.length; i++) {
        same &= mask[i] == ((bits >> i & 1) == 1);
      }
      if (same) {
        return rank;
      }
      rank += Integer.bitCount(bits) == mask.length / 2 ? 1 : 0;
    }
    throw new AssertionError("no mask");
  }
}
