package org.wardlock.defense;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.wardlock.defense.BlockTransform.FormatPreserving;
import org.wardlock.defense.BlockTransform.Negate;
import org.wardlock.defense.BlockTransform.Shuffle;

/** What a pixel map refuses, and what it never gives away. */
class PixelMapTest {
  @Test
  void picturesThatBlocksDoNotFitAreRefused() {
    Key key = ExperimentKeys.draw(KeySpec.secure(4, TransformKind.SHUFFLE), 1, 0).getFirst();
    var refusal = assertThrows(IllegalArgumentException.class, () -> key.pixelMap(3, 30, 32));
    assertTrue(refusal.getMessage().contains("block size 4"), refusal.getMessage());
    assertTrue(refusal.getMessage().contains("3 x 30 x 32"), refusal.getMessage());
    PixelMap map = key.pixelMap(3, 8, 8);
    assertThrows(IllegalArgumentException.class, () -> map.apply(new float[3 * 8 * 4]));
    assertThrows(IllegalArgumentException.class, () -> map.invert(new float[3 * 8 * 4]));
  }

  @Test
  void stepsThatDoNotFitAreRefused() {
    var shuffle = new Shuffle(Permutation.identity(12));
    var negate = new Negate(new boolean[] {true, false, false, false});
    var ffx = new FormatPreserving(new boolean[4], PasswordCipher.pixelTable(new byte[] {1}));
    refused("length 4", shuffle);
    refused("expected ffx before", negate, ffx);
    refused("expected ffx before", ffx, ffx);
    int[] flat = new int[256];
    assertThrows(IllegalArgumentException.class, () -> new FormatPreserving(new boolean[4], flat));
  }

  @Test
  void codesOfNoPixelAreRefused() {
    Key key = ExperimentKeys.draw(KeySpec.secure(2, TransformKind.FFX), 1, 0).getFirst();
    PixelMap map = key.pixelMap(1, 2, 2);
    var off = new float[] {2f, 2f, 2f, 2f};
    assertThrows(IllegalArgumentException.class, () -> map.invert(off));
  }

  @Test
  void tablesAreNeitherSharedNorShown() {
    var mask = new boolean[] {true, false, false, false};
    var negate = new Negate(mask);
    mask[0] = false;
    negate.mask()[0] = false;
    assertTrue(negate.mask()[0]);
    PixelMap map = PixelMap.compose(List.of(negate), FlattenOrder.HWC, 2, 1, 2, 2);
    map.negated()[0] = false;
    map.sources()[0] = 3;
    assertArrayEquals(
        new float[] {0.75f, 0.5f, 0f, 1f}, map.apply(new float[] {0.25f, 0.5f, 0, 1}));
    assertEquals("PixelMap[size=4]", map.toString());
    assertEquals("Negate[length=4]", negate.toString());
  }

  private static void refused(String reason, BlockTransform... steps) {
    var refusal =
        assertThrows(
            IllegalArgumentException.class,
            () -> PixelMap.compose(List.of(steps), FlattenOrder.HWC, 2, 1, 4, 4));
    assertTrue(refusal.getMessage().contains(reason), refusal.getMessage());
  }
}
