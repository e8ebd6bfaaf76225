package org.wardlock.defense;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.wardlock.defense.TransformKind.CHANNELS;
import static org.wardlock.defense.TransformKind.FFX;
import static org.wardlock.defense.TransformKind.FLIP;
import static org.wardlock.defense.TransformKind.NEGATE;
import static org.wardlock.defense.TransformKind.NEGATE_BLOCK;
import static org.wardlock.defense.TransformKind.NEGATE_EACH;
import static org.wardlock.defense.TransformKind.ROTATE;
import static org.wardlock.defense.TransformKind.SCRAMBLE;
import static org.wardlock.defense.TransformKind.SHUFFLE;
import static org.wardlock.defense.TransformKind.SHUFFLE_EACH;

import java.math.BigInteger;
import org.junit.jupiter.api.Test;

/** Bits against whole numbers counted out. */
class KeySizeTest {
  private static final double TOLERANCE = 1e-6;

  @Test
  void tablesAreCounted() {
    assertTables(log2(factorial(12)), 2, SHUFFLE);
    assertTables(log2(choose(12, 6)), 2, NEGATE);
    assertTables(log2(choose(27, 13)), 3, NEGATE);
    BigInteger codes = factorial(1000).divide(factorial(744));
    assertTables(log2(choose(12, 6)) + log2(codes), 2, FFX);
    assertTables(log2(factorial(12)) + log2(choose(12, 6)), 2, SHUFFLE, NEGATE);
    // 6 x 6 pictures have nine blocks of 2 x 2
    assertTables(log2(factorial(9)), 2, SCRAMBLE);
    assertTables(9 * log2(factorial(12)), 2, SHUFFLE_EACH);
    assertTables(9 * log2(choose(12, 6)), 2, NEGATE_EACH);
    assertTables(18 + 18 + 9 * log2(factorial(3)) + 9, 2, ROTATE, FLIP, CHANNELS, NEGATE_BLOCK);
    assertTables(0, 1, ROTATE, FLIP);
  }

  @Test
  void secretsAreCounted() {
    assertEquals(256, KeySize.of(KeySpec.secure(2, SHUFFLE), 3, 6, 6).secret());
    KeySpec published = KeySpec.published(Derivation.PUBLISHED_2010_00801, 2, SHUFFLE);
    assertEquals(32, KeySize.of(published, 3, 6, 6).secret());
    Derivation etc = Derivation.PUBLISHED_2204_07707;
    KeySpec chain =
        KeySpec.published(etc, 2, etc.chain().orElseThrow().toArray(TransformKind[]::new));
    double tables = log2(factorial(9)) + 18 + 9 + 9 * log2(factorial(3));
    assertEquals(tables, KeySize.of(chain, 3, 6, 6).tables(), TOLERANCE, "one number for two");
    assertThrows(
        IllegalArgumentException.class, () -> KeySize.of(KeySpec.secure(4, SHUFFLE), 3, 6, 6));
  }

  private static void assertTables(double expected, int block, TransformKind... kinds) {
    assertEquals(expected, KeySize.of(KeySpec.secure(block, kinds), 3, 6, 6).tables(), TOLERANCE);
  }

  private static BigInteger factorial(int n) {
    return n < 2 ? BigInteger.ONE : BigInteger.valueOf(n).multiply(factorial(n - 1));
  }

  private static BigInteger choose(int n, int k) {
    return factorial(n).divide(factorial(k)).divide(factorial(n - k));
  }

  private static double log2(BigInteger number) {
    int excess = Math.max(0, number.bitLength() - 60);
    return Math.log(number.shiftRight(excess).doubleValue()) / Math.log(2) + excess;
  }
}
