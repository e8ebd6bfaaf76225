package org.wardlock.threat.recovery;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.wardlock.defense.Derivation;
import org.wardlock.defense.FlattenOrder;
import org.wardlock.defense.Key;
import org.wardlock.defense.KeySpec;
import org.wardlock.defense.TransformKind;

class KeyTablesTest {
  private static final int SIDE = 8;

  private static float[] picture() {
    var random = new Random(3);
    var picture = new float[3 * SIDE * SIDE];
    for (int i = 0; i < picture.length; i++) {
      picture[i] = random.nextInt(256) / 255f;
    }
    return picture;
  }

  @Test
  void theTablesOfAKeyDoWhatTheKeyDoes() {
    for (String chain : List.of("shuffle", "negate", "shuffle+negate", "negate+shuffle")) {
      for (FlattenOrder order : FlattenOrder.values()) {
        var spec = new KeySpec(TransformKind.parseChain(chain), 4, order, Derivation.SECURE);
        try (Key key = PlantedModel.key(spec, 5)) {
          KeyTables tables = KeyTables.of(key, 3);
          assertArrayEquals(
              key.pixelMap(3, SIDE, SIDE).apply(picture()),
              tables.pixelMap(SIDE, SIDE).apply(picture()),
              chain);
          assertEquals(chain.contains("shuffle"), tables.shuffles());
          assertEquals(chain.contains("negate"), tables.negates());
          assertEquals(1, tables.agreement(tables));
          assertEquals(tables, KeyTables.of(key, 3));
        }
      }
    }
  }

  @Test
  void agreementIsTheShareOfPositionsThatAreRightInBoth() {
    KeyTables identity = KeyTables.identity(KeySpec.secure(2, TransformKind.SHUFFLE), 3);
    assertEquals(10.0 / 12, identity.agreement(identity.swapped(2, 7)));
    assertEquals(11.0 / 12, identity.agreement(identity.flipped(4)));
    assertEquals(9.0 / 12, identity.swapped(1, 2).agreement(identity.flipped(4)));
    assertEquals(identity, identity.swapped(2, 7).swapped(7, 2).flipped(4).flipped(4));
    assertNotEquals(identity, identity.flipped(4));
  }

  @Test
  void codesForPixelsAndStepsThatTreatBlocksApartHaveNoSuchTables() {
    for (TransformKind kind : TransformKind.values()) {
      KeySpec spec = KeySpec.secure(2, kind);
      boolean has = kind == TransformKind.SHUFFLE || kind == TransformKind.NEGATE;
      assertEquals(has, KeyTables.isRecoverable(spec), kind.text());
      if (!has) {
        var error = assertThrows(IllegalArgumentException.class, () -> KeyTables.identity(spec, 3));
        assertTrue(error.getMessage().contains("expected shuffle and negate"), error.getMessage());
        try (Key key = PlantedModel.key(spec, 1)) {
          assertThrows(IllegalArgumentException.class, () -> KeyTables.of(key, 3));
        }
      }
    }
  }

  @Test
  void noTextShowsAGuess() {
    KeyTables guess =
        KeyTables.identity(KeySpec.secure(2, TransformKind.SHUFFLE), 3).swapped(3, 11);
    assertFalse(guess.toString().matches(".*[0-9], ?[0-9].*"), guess.toString());
    assertFalse(guess.toString().contains("11"), guess.toString());
  }
}
