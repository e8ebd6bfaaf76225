package org.wardlock.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class PhiloxTest {

  private static int[] block(int c0, int c1, int c2, int c3, int k0, int k1) {
    long key = (k0 & 0xFFFFFFFFL) | ((long) k1 << 32);
    int[] words = new int[4];
    for (int lane = 0; lane < 4; lane++) {
      words[lane] = Philox.word(c0, c1, c2, c3, key, lane);
    }
    return words;
  }

  /** Known answers of Random123, the authors' own library. */
  @Test
  void meetsThePublishedVectors() {
    assertArrayEquals(
        new int[] {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}, block(0, 0, 0, 0, 0, 0));
    assertArrayEquals(
        new int[] {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}, block(-1, -1, -1, -1, -1, -1));
    assertArrayEquals(
        new int[] {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1},
        block(0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0));
  }

  @Test
  void uniformNumbersLieInTheUnitIntervalAndFillIt() {
    Philox random = new Philox(1, 2, 3);
    int[] buckets = new int[16];
    for (int i = 0; i < 16_000; i++) {
      float value = random.uniform(i);
      assertTrue(value >= 0 && value < 1);
      buckets[(int) (value * 16)]++;
    }
    double chiSquare = 0;
    for (int count : buckets) {
      chiSquare += (count - 1000.0) * (count - 1000.0) / 1000;
    }
    assertTrue(
        chiSquare < 37.7,
        "chi-square " + chiSquare + " of 15 degrees of freedom, 0.1 % limit 37.7");
  }

  @Test
  void boundedNumbersAreEven() {
    Philox random = new Philox(7, 0, 0);
    int[] counts = new int[7];
    for (int i = 0; i < 70_000; i++) {
      counts[random.below(7, i)]++;
    }
    double chiSquare = 0;
    for (int count : counts) {
      chiSquare += (count - 10_000.0) * (count - 10_000.0) / 10_000;
    }
    assertTrue(
        chiSquare < 22.5, "chi-square " + chiSquare + " of 6 degrees of freedom, 0.1 % limit 22.5");
  }

  @Test
  void seedPurposeAndStreamGiveDifferentSequences() {
    int first = new Philox(1, 0, 0).word(0);
    assertTrue(first != new Philox(2, 0, 0).word(0));
    assertTrue(first != new Philox(1, 1, 0).word(0));
    assertTrue(first != new Philox(1, 0, 1).word(0));
    assertTrue(first != new Philox(1, 0, 1L << 32).word(0));
    assertEquals(first, new Philox(1, 0, 0).word(0));
  }
}
