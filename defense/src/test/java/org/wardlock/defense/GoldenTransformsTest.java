package org.wardlock.defense;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.wardlock.defense.Derivation.PUBLISHED_2010_00801;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.wardlock.defense.BlockTransform.FormatPreserving;
import org.wardlock.defense.BlockTransform.Negate;
import org.wardlock.defense.BlockTransform.Shuffle;
import org.wardlock.nn.weights.WeightsException;

/** The published derivation of 2010.00801 against its official code: every value, every bit. */
class GoldenTransformsTest {
  private GoldenTransforms golden;

  @BeforeEach
  void open() throws WeightsException {
    golden = GoldenTransforms.open();
  }

  @AfterEach
  void close() {
    if (golden != null) {
      golden.close();
    }
  }

  @Test
  void everyTransformOfEveryPictureIsExact() throws WeightsException {
    assertEquals(45, golden.cases().size(), "number of golden cases");
    for (GoldenTransforms.Case c : golden.cases()) {
      KeySpec spec = KeySpec.published(PUBLISHED_2010_00801, c.block(), c.kind());
      try (Key key = Key.published(spec, c.seed())) {
        PixelMap map = key.pixelMap(3, c.side(), c.side());
        float[][] pictures = golden.pictures(c.side());
        for (int n = 0; n < pictures.length; n++) {
          assertArrayEquals(golden.outputs(c)[n], map.apply(pictures[n]), c.name());
        }
      }
    }
  }

  @Test
  void everyKeyIsExact() throws WeightsException {
    for (GoldenTransforms.Case c : golden.cases()) {
      KeySpec spec = KeySpec.published(PUBLISHED_2010_00801, c.block(), c.kind());
      try (Key key = Key.published(spec, c.seed())) {
        int[] drawn =
            switch (key.blockTransforms(3).getFirst()) {
              case Shuffle(var permutation) -> permutation.toArray();
              case Negate negate -> bits(negate.mask());
              case FormatPreserving ffx -> bits(ffx.mask());
              default -> throw new AssertionError("the paper has no other");
            };
        assertArrayEquals(golden.integers(c.name() + "/key"), drawn, c.name());
      }
    }
  }

  @Test
  void lookUpTablesAreExact() throws WeightsException {
    assertArrayEquals(
        golden.integers("ffx_lookup_password"), PasswordCipher.pixelTable(ascii("password")));
    assertArrayEquals(
        golden.integers("ffx_lookup_another_password"),
        PasswordCipher.pixelTable(ascii("another password")));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static int[] bits(boolean[] mask) {
    var bits = new int[mask.length];
    for (int i = 0; i < mask.length; i++) {
      bits[i] = mask[i] ? 1 : 0;
    }
    return bits;
  }
}
