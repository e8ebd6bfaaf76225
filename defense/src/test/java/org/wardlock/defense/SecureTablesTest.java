package org.wardlock.defense;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
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

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * The secure derivation. Its known answers, for the secret 0, 1, ..., 31, were computed apart, in
 * Python from hmac and hashlib; they must never change, or stored keys open nothing any more.
 */
class SecureTablesTest {
  private static final KeySpec SPEC = KeySpec.secure(4, SHUFFLE, FFX, NEGATE);
  private static final KeySpec POSITIONAL =
      KeySpec.secure(2, SCRAMBLE, SHUFFLE_EACH, NEGATE_EACH, ROTATE, FLIP, CHANNELS, NEGATE_BLOCK);

  @Test
  void permutationHasItsKnownAnswer() {
    int[] expected = {
      5, 24, 22, 31, 30, 38, 47, 36, 27, 19, 26, 40, 39, 7, 32, 15, 16, 33, 21, 37, 4, 42, 45, 12,
      2, 17, 20, 29, 14, 23, 0, 28, 43, 35, 44, 18, 11, 34, 46, 10, 9, 25, 8, 6, 1, 3, 13, 41
    };
    assertArrayEquals(expected, tables().permutation(48).toArray());
  }

  @Test
  void permutationThatNeedsSeveralChunksHasItsKnownAnswer() throws Exception {
    assertEquals(
        "881447b578cfdfb92afd50ce510863fabee77e56f1285f7062951bf1091f3371",
        Hashes.sha256(tables().permutation(768).toArray()));
  }

  @Test
  void masksHaveTheirKnownAnswers() {
    assertEquals("100100111011000111011100100110011111100000000110", bits(NEGATE));
    assertEquals("110011100101111100100101011010101100000011010100", bits(FFX));
  }

  @Test
  void codeTableHasItsKnownAnswer() throws Exception {
    int[] table = tables().codeTable();
    assertArrayEquals(new int[] {388, 209, 752, 579}, Arrays.copyOf(table, 4));
    assertEquals(
        "936d0c4fe6c7d7789ff4af915b2ed6d334386898b62ec37c556ebf63925a53db", Hashes.sha256(table));
  }

  @Test
  void tablesOfSingleBlocksHaveTheirKnownAnswers() {
    assertSingle(0, 0, "7 3 2 11 4 9 1 6 0 8 5 10", "111010000011", 1, 3, "1 2 0", 1);
    assertSingle(0, 1, "8 11 10 3 0 5 9 6 2 4 7 1", "101001111000", 1, 2, "0 2 1", 1);
    assertSingle(1, 0, "6 4 10 8 1 11 9 7 3 2 5 0", "000011111100", 2, 3, "2 0 1", 0);
    assertSingle(13, 7, "9 10 0 5 2 7 1 3 11 8 6 4", "010001111010", 1, 1, "0 1 2", 1);
    int[] places = {2, 1, 7, 11, 3, 0, 5, 10, 6, 4, 9, 8};
    assertArrayEquals(places, new SecureTables(secret(), POSITIONAL).places(12).toArray());
  }

  private static void assertSingle(
      int row,
      int column,
      String permutation,
      String mask,
      int turns,
      int mirroring,
      String channels,
      int negated) {
    var tables = new SecureTables(secret(), POSITIONAL);
    var at = new BlockPosition(row, column);
    assertEquals(permutation, text(tables.permutation(SHUFFLE_EACH, at, 12)));
    assertEquals(mask, bits(tables.mask(NEGATE_EACH, at, 12)));
    assertEquals(turns, tables.choice(ROTATE, at, 4));
    assertEquals(mirroring, tables.choice(FLIP, at, 4));
    assertEquals(channels, text(tables.permutation(CHANNELS, at, 3)));
    assertEquals(negated, tables.choice(NEGATE_BLOCK, at, 2));
  }

  private static String text(Permutation permutation) {
    return Arrays.stream(permutation.toArray())
        .mapToObj(String::valueOf)
        .collect(Collectors.joining(" "));
  }

  @Test
  void noTwoPositionsShareTheirTables() {
    Key key = new Key(POSITIONAL, secret(), "0123456789abcdef", true);
    var shuffles = (BlockTransform.ShuffleEach) key.blockTransforms(3, 64, 64).get(1);
    assertEquals(32 * 32, new HashSet<>(shuffles.permutations()).size());
    // and a position has the same ones in a picture of another size
    var fewer = (BlockTransform.ShuffleEach) key.blockTransforms(3, 4, 6).get(1);
    assertEquals(shuffles.permutations().get(32 + 2), fewer.permutations().get(3 + 2));
  }

  @Test
  void everyPartOfTheSpecificationChangesTheTables() {
    List<KeySpec> specs =
        List.of(
            SPEC,
            KeySpec.secure(4, SHUFFLE, FFX),
            KeySpec.secure(4, FFX, SHUFFLE),
            KeySpec.secure(8, SHUFFLE, FFX, NEGATE),
            new KeySpec(SPEC.transforms(), 4, FlattenOrder.CHW, Derivation.SECURE));
    var seen = new HashSet<Permutation>();
    specs.forEach(spec -> seen.add(new SecureTables(secret(), spec).permutation(48)));
    assertEquals(specs.size(), seen.size());
  }

  @Test
  void lengthChangesMoreThanTheEnd() {
    int[] shorter = tables().permutation(47).toArray();
    int[] longer = tables().permutation(48).toArray();
    assertNotEquals(Arrays.hashCode(shorter), Arrays.hashCode(Arrays.copyOf(longer, 47)));
  }

  static byte[] secret() {
    var secret = new byte[Key.SECRET_BYTES];
    for (int i = 0; i < secret.length; i++) {
      secret[i] = (byte) i;
    }
    return secret;
  }

  private static SecureTables tables() {
    return new SecureTables(secret(), SPEC);
  }

  private static String bits(TransformKind kind) {
    return bits(tables().mask(kind, 48));
  }

  private static String bits(boolean[] mask) {
    return IntStream.range(0, mask.length)
        .mapToObj(i -> mask[i] ? "1" : "0")
        .collect(Collectors.joining());
  }
}
