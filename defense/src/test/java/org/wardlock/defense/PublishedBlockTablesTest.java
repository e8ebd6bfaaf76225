package org.wardlock.defense;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.wardlock.defense.Derivation.PUBLISHED_2204_07707;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Known answers of rule 2204.07707. The draws are remainders of the raw numbers of numpy's MT19937
 * under its legacy seeding; what they do to pictures comes from a reading of the script's steps in
 * numpy, {@code rot90}, {@code flip} and channels by index, on the numbers of the values.
 */
class PublishedBlockTablesTest {
  /** Red, green and blue of the result, by the number drawn, as the script lists them. */
  private static final List<String> CHANNELS = List.of("RBG", "GRB", "GBR", "BRG", "BGR", "RGB");

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          0, 12 10 9 6 11 8 13 5 2 14 15 0 4 3 7 1, 0 0 0 2 1 2 3 3 2 0 1 1 1 1 0 1, 1 0 1 0 1 1 1 1 0 1 0 0 1 1 0 1, 0 1 2 4 4 2 4 5 5 0 4 0 5 3 4 1
          42, 6 3 0 7 10 15 2 12 14 9 8 5 4 13 11 1, 0 3 3 3 2 1 0 1 3 3 1 1 1 3 3 0, 0 1 1 0 1 0 1 0 1 1 0 0 0 0 0 0, 4 0 5 3 4 1 1 5 3 4 1 4 5 3 1 2
          4294967295, 3 4 1 8 2 14 0 10 9 13 11 6 5 15 7 12, 2 3 1 2 3 3 2 2 1 1 1 1 0 0 0 3, 1 1 1 0 1 0 0 1 1 0 1 0 1 1 0 0, 1 5 4 0 3 5 2 0 1 1 1 4 3 4 1 4
          """)
  void numbersAreTorchs(
      long seed, String places, String movements, String negatives, String channels) {
    TableSource tables = tables(seed, 4);
    assertEquals(Permutation.of(numbers(places)), tables.places(16));
    assertArrayEquals(numbers(negatives), choices(tables, TransformKind.NEGATE_BLOCK, 2));
    // counterclockwise by one, two or three quarters, or not at all
    int[] quarters = Arrays.stream(numbers(movements)).map(code -> (4 - (code + 1)) % 4).toArray();
    assertArrayEquals(quarters, choices(tables, TransformKind.ROTATE, 4));
    // top to bottom, left to right, both, none
    int[] mirrored = Arrays.stream(numbers(movements)).map(List.of(2, 1, 3, 0)::get).toArray();
    assertArrayEquals(mirrored, choices(tables, TransformKind.FLIP, 4));
    String orders =
        String.join(" ", Arrays.stream(numbers(channels)).mapToObj(CHANNELS::get).toList());
    assertEquals(orders, String.join(" ", colours(tables)));
  }

  @Test
  void fourBlocksAreMovedAsTheScriptMovesThem() {
    PixelMap map = map(42, 2, 2);
    assertArrayEquals(
        numbers(
            "41 45 11 15 40 44 10 14 16 17 34 38 20 21 35 39 25 29 27 31 24 28 26 30"
                + " 0 1 2 6 4 5 3 7 9 13 43 47 8 12 42 46 32 33 18 22 36 37 19 23"),
        map.sources());
    for (int i = 0; i < 48; i++) {
      assertEquals(i % 16 / 4 >= 2 && i % 4 >= 2, map.negated()[i], "value " + i);
    }
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          42, 14, 16, 584ade10ddd7341f77df313a306ce301453c4f1e146ab51b921b2944b705c834, 59ce562afd51c470733f186ed28f4d700cf2c450e6510636a721e00f96e792e3
          0, 14, 16, a609c49746d7b60cd34ca75e50060b341440c82a115d485fbee1a3e1c1d64f6f, 5a782aade530b2c89a7ddeb7fa23e4a24e21885316e1351607688f8abde7e3c9
          42, 4, 3, 5b1eb53af2c9e5b7f27f627e67784c17c76f5d090412b04bf1820d453a331bb6, fbefd9c97bb681f4daadcddb2193d46539c318a6f265905b3346e0d8a9a3853b
          7, 1, 4, 48d2f05acc5d2ed2ff5b0efa769792c7b57f95ffc59453754792e5bf0aa6f6e1, db15076d418e292798413108a527f36a747a9b0a297a5f6fe6e2c39e3c12372b
          """)
  void picturesAreMovedAsTheScriptMovesThem(
      long seed, int across, int block, String sources, String negated) throws Exception {
    PixelMap map = map(seed, across, block);
    assertEquals(sources, Hashes.sha256(map.sources()));
    boolean[] signs = map.negated();
    assertEquals(
        negated,
        Hashes.sha256(IntStream.range(0, signs.length).map(i -> signs[i] ? 1 : 0).toArray()));
  }

  @Test
  void picturesComeBack() {
    PixelMap map = map(1, 4, 4);
    float[] picture = Pictures.random(1, map.size(), 256);
    assertArrayEquals(picture, map.invert(map.apply(picture)));
  }

  @ParameterizedTest
  @CsvSource({"1, 8, 8", "4, 8, 8", "3, 8, 16", "3, 16, 8"})
  void whatTheScriptDoesNotTakeIsRefused(int channels, int height, int width) {
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> Key.published(spec(4), 42).pixelMap(channels, height, width))
            .getMessage();
    assertTrue(
        message.contains("%d x %d x %d".formatted(channels, height, width))
            && message.contains("expected 3 channels and a square"),
        message);
  }

  @Test
  void whatTheRuleDoesNotDrawIsAFault() {
    TableSource tables = tables(42, 4);
    var first = new BlockPosition(0, 0);
    assertThrows(IllegalStateException.class, () -> tables.permutation(12));
    assertThrows(IllegalStateException.class, () -> tables.mask(TransformKind.NEGATE, 12));
    assertThrows(IllegalStateException.class, tables::codeTable);
    for (TransformKind kind : List.of(TransformKind.SHUFFLE_EACH, TransformKind.NEGATE_EACH)) {
      assertThrows(IllegalStateException.class, () -> tables.permutation(kind, first, 12));
      assertThrows(IllegalStateException.class, () -> tables.mask(kind, first, 12));
      assertThrows(IllegalStateException.class, () -> tables.choice(kind, first, 4));
    }
    assertEquals("PublishedBlockTables[blocks=16]", tables.toString());
  }

  private static PixelMap map(long seed, int across, int block) {
    return Key.published(spec(block), seed).pixelMap(3, across * block, across * block);
  }

  private static KeySpec spec(int block) {
    return KeySpec.published(
        PUBLISHED_2204_07707,
        block,
        TransformKind.SCRAMBLE,
        TransformKind.ROTATE,
        TransformKind.FLIP,
        TransformKind.NEGATE_BLOCK,
        TransformKind.CHANNELS);
  }

  private static TableSource tables(long seed, int across) {
    return PublishedBlockTables.draw(
        PublishedTables.encode(seed, new byte[0]),
        new BlockLayout(3, 2 * across, 2 * across, 2, FlattenOrder.CHW));
  }

  private static int[] choices(TableSource tables, TransformKind kind, int bound) {
    return IntStream.range(0, 16)
        .map(block -> tables.choice(kind, new BlockPosition(block / 4, block % 4), bound))
        .toArray();
  }

  private static List<String> colours(TableSource tables) {
    return IntStream.range(0, 16)
        .mapToObj(
            block -> {
              var at = new BlockPosition(block / 4, block % 4);
              Permutation order = tables.permutation(TransformKind.CHANNELS, at, 3);
              var text = new StringBuilder();
              for (int channel = 0; channel < 3; channel++) {
                text.append("RGB".charAt(order.at(channel)));
              }
              return text.toString();
            })
        .toList();
  }

  private static int[] numbers(String text) {
    return Arrays.stream(text.split(" ")).mapToInt(Integer::parseInt).toArray();
  }
}
