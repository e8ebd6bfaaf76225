package org.wardlock.defense;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.wardlock.defense.TransformKind.FFX;
import static org.wardlock.defense.TransformKind.NEGATE;
import static org.wardlock.defense.TransformKind.SHUFFLE;

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
    boolean[] mask = tables().mask(kind, 48);
    return IntStream.range(0, 48).mapToObj(i -> mask[i] ? "1" : "0").collect(Collectors.joining());
  }
}
