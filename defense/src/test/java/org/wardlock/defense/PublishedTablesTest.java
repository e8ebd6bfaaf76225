package org.wardlock.defense;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.wardlock.defense.Derivation.PUBLISHED_2010_00801;
import static org.wardlock.defense.Derivation.PUBLISHED_2207_11939;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Known answers of the generators behind published keys. */
class PublishedTablesTest {

  @Test
  void mersenneTwisterGivesItsStandardNumbers() {
    // The C++ standard names the ten thousandth number of mt19937 with its default seed.
    var generator = new MersenneTwister(5489);
    assertEquals(3_499_211_612L, Integer.toUnsignedLong(generator.nextInt()));
    int last = 0;
    for (int i = 1; i < 10_000; i++) {
      last = generator.nextInt();
    }
    assertEquals(4_123_659_995L, Integer.toUnsignedLong(last));
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          0, 48, 44 22 29 18 23 20 19 41 25 39 4 2 36 32 1 13 40 10 15 33 26 3 31 27 21 30 35 0 37 38 14 12 5 6 28 43 46 45 9 8 42 7 11 47 24 17 34 16
          42, 48, 6 16 2 7 0 5 46 34 38 29 12 9 8 17 15 37 19 47 45 28 21 13 18 3 35 11 27 42 24 1 26 22 43 14 39 4 20 30 40 33 23 10 32 36 41 44 31 25
          123, 48, 46 42 12 3 40 15 36 18 27 37 21 20 1 24 26 6 0 44 31 29 30 4 41 45 43 14 39 11 28 2 8 5 25 9 10 35 47 33 38 17 34 32 16 23 13 19 22 7
          42, 768, 102 35 552 457 234 617 502 601 678 44 494 3 74 327 699 610
          0, 64, 44 46 17 3 47 21 35 6 33 2 63 19 28 22 42 11 40 4 14 13 15 52 8 45 48 60 55 16 61 54 9 1 51 32 59 49 31 10 26 5 18 0 62 27 38 50 34 41 43 23 56 25 57 37 30 20 53 12 29 39 7 24 58 36
          """)
  void permutationIsTorchRandperm(long seed, int length, String expected) {
    int[] entries = tables(PUBLISHED_2010_00801, seed).permutation(length).toArray();
    int[] known = Arrays.stream(expected.split(" ")).mapToInt(Integer::parseInt).toArray();
    assertArrayEquals(known, Arrays.copyOf(entries, known.length));
  }

  @ParameterizedTest
  @CsvSource({"48, 23, 24", "768, 383, 384", "27, 13, 13"})
  void masksHaveThePapersNumberOfOnes(int length, int ones2010, int ones2207) {
    assertEquals(ones2010, ones(tables(PUBLISHED_2010_00801, 7), length));
    assertEquals(ones2207, ones(tables(PUBLISHED_2207_11939, 7), length));
  }

  @Test
  void maskOf2207IsThePermutedAlternation() {
    TableSource tables = tables(PUBLISHED_2207_11939, 0);
    String bits =
        IntStream.range(0, 12)
            .mapToObj(i -> tables.mask(TransformKind.NEGATE, 48)[i] ? "1" : "0")
            .collect(Collectors.joining());
    // The parities of 44 22 29 18 23 20 19 41 25 39 4 2.
    assertEquals("001010111100", bits);
  }

  @Test
  void blocksOf2207ChangePlacesByRandpermOfTheSameSeed() {
    KeySpec spec =
        KeySpec.published(PUBLISHED_2207_11939, 4, TransformKind.SHUFFLE, TransformKind.SCRAMBLE);
    List<BlockTransform> steps = Key.published(spec, 0).blockTransforms(3, 32, 32);
    var scramble = (BlockTransform.Scramble) steps.get(1);
    assertEquals(tables(PUBLISHED_2207_11939, 0).permutation(64), scramble.blocks());
    // as the reference indexes: block 0 of the result is block 44, block 1 is block 46
    PixelMap map = PixelMap.compose(List.of(scramble), FlattenOrder.CHW, 4, 3, 32, 32);
    assertEquals(44 / 8 * 4 * 32 + 44 % 8 * 4, map.sources()[0]);
    assertEquals(46 / 8 * 4 * 32 + 46 % 8 * 4, map.sources()[4]);
  }

  @Test
  void cipherIsThatOfPyffx() {
    assertEquals(6103, new PasswordCipher(ascii("secret-key")).encrypt(1234, 4));
  }

  @Test
  void tableOfTheOfficialPasswordIsKnown() throws Exception {
    int[] table = PasswordCipher.pixelTable(ascii("password"));
    assertEquals(355, table[0]);
    assertEquals(996, Arrays.stream(table).max().orElseThrow());
    assertEquals(128_777, Arrays.stream(table).sum());
    assertEquals(
        "ee8010ac40f74595b4a69d7840b249ebf44bc6a383cfab8fd9b88e9e7c9d769b", Hashes.sha256(table));
  }

  private static PublishedTables tables(Derivation rule, long seed) {
    return new PublishedTables(rule, PublishedTables.encode(seed, new byte[0]));
  }

  private static int ones(TableSource tables, int length) {
    boolean[] mask = tables.mask(TransformKind.NEGATE, length);
    return (int) IntStream.range(0, length).filter(i -> mask[i]).count();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
