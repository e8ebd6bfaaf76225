package org.wardlock.defense;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.wardlock.defense.Derivation.PUBLISHED_2010_00801;
import static org.wardlock.defense.Derivation.PUBLISHED_2207_11939;
import static org.wardlock.defense.TransformKind.FFX;
import static org.wardlock.defense.TransformKind.NEGATE;
import static org.wardlock.defense.TransformKind.SHUFFLE;

import java.io.Serializable;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class KeyTest {
  private static final String SALT = "0123456789abcdef";
  private static final KeySpec SECURE = KeySpec.secure(4, SHUFFLE, FFX, NEGATE);
  private static final KeySpec PUBLISHED = KeySpec.published(PUBLISHED_2010_00801, 4, FFX);

  @Test
  void idsHaveTheirKnownAnswers() {
    // Computed apart, in Python from hmac and hashlib.
    assertEquals(
        SALT + "-b05b44e702c0a4d14c7638820696353a",
        new Key(SECURE, SecureTablesTest.secret(), SALT, false).id().text());
    KeySpec spec = KeySpec.published(PUBLISHED_2207_11939, 4, SHUFFLE, NEGATE);
    byte[] seed = PublishedTables.encode(42, new byte[0]);
    assertEquals(
        SALT + "-1e68b9b5429b5170270d89333b0f3fd6", new Key(spec, seed, SALT, false).id().text());
  }

  @Test
  void everyGeneratedKeyIsNew() {
    Key one = Key.generate(SECURE);
    Key other = Key.generate(SECURE);
    assertFalse(one.matches(other.id()));
    assertNotEquals(permutation(one), permutation(other));
    assertNotEquals(one.id().salt(), other.id().salt());
  }

  @Test
  void anIdIsKnownUnderAnySalt() {
    Key one = Key.published(PUBLISHED, 42);
    Key same = Key.published(PUBLISHED, 42, "password".toCharArray());
    assertNotEquals(one.id(), same.id());
    assertTrue(one.matches(same.id()));
    assertFalse(one.matches(Key.published(PUBLISHED, 43).id()));
    assertFalse(one.matches(Key.published(PUBLISHED, 42, "other".toCharArray()).id()));
    KeySpec otherBlock = KeySpec.published(PUBLISHED_2010_00801, 8, FFX);
    assertFalse(one.matches(Key.published(otherBlock, 42).id()));
    assertEquals(one.id(), KeyId.parse(one.id().text()));
  }

  @Test
  void idsOfAnotherFormAreRefused() {
    for (String text : List.of("", "-", SALT, SALT + "-", "a-b", SALT.toUpperCase() + "-" + SALT)) {
      assertThrows(IllegalArgumentException.class, () -> KeyId.parse(text), text);
    }
  }

  @Test
  void chainOfAPublishedKeySharesItsSeed() {
    KeySpec spec = KeySpec.published(PUBLISHED_2207_11939, 4, SHUFFLE, NEGATE);
    List<BlockTransform> steps = Key.published(spec, 0).blockTransforms(3);
    Permutation permutation = ((BlockTransform.Shuffle) steps.get(0)).permutation();
    boolean[] mask = ((BlockTransform.Negate) steps.get(1)).mask();
    for (int i = 0; i < mask.length; i++) {
      assertEquals(permutation.at(i) % 2 == 1, mask[i]);
    }
  }

  @Test
  void seedsAreUnsigned32BitNumbers() {
    KeySpec spec = KeySpec.published(PUBLISHED_2010_00801, 4, SHUFFLE);
    assertEquals(48, permutation(Key.published(spec, (1L << 32) - 1)).length());
    refused("out of range", () -> Key.published(spec, 1L << 32));
    refused("out of range", () -> Key.published(spec, -1));
  }

  @Test
  void makingsThatDoNotFitTheSpecificationAreRefused() {
    refused("takes its secret from a seed", () -> Key.generate(PUBLISHED));
    refused("derivation secure", () -> Key.published(SECURE, 1));
    refused("empty ffx password", () -> Key.published(PUBLISHED, 1, new char[0]));
    KeySpec shuffle = KeySpec.published(PUBLISHED_2010_00801, 4, SHUFFLE);
    refused("expected none", () -> Key.published(shuffle, 1, "pass".toCharArray()));
    refused("does not fit", () -> new Key(SECURE, new byte[31], SALT, false));
  }

  @Test
  void passwordsAreWiped() {
    char[] password = "hush".toCharArray();
    Key.published(PUBLISHED, 1, password).close();
    assertEquals("\0\0\0\0", new String(password));
  }

  @Test
  void aClosedKeyHoldsNothing() {
    byte[] secret = SecureTablesTest.secret();
    var key = new Key(SECURE, secret, SALT, false);
    KeyId id = key.id();
    key.close();
    assertTrue(key.isDestroyed());
    for (byte b : secret) {
      assertEquals(0, b);
    }
    assertEquals(id, key.id());
    assertEquals(SECURE, key.spec());
    assertThrows(IllegalStateException.class, () -> key.blockTransforms(3));
    assertThrows(IllegalStateException.class, () -> key.matches(id));
  }

  @Test
  void aKeyShowsWhatItIsForAndNoMore() {
    assertEquals("Key[" + SECURE.canonical() + "]", Key.generate(SECURE).toString());
    String published = Key.published(PUBLISHED, 1234567, "hush".toCharArray()).toString();
    assertFalse(published.contains("1234567") || published.contains("hush"), published);
    assertFalse(Serializable.class.isAssignableFrom(Key.class));
  }

  @Test
  void experimentKeysAreRepeatableMarkedAndDistinct() {
    for (KeySpec spec :
        List.of(SECURE, PUBLISHED, KeySpec.published(PUBLISHED_2010_00801, 4, SHUFFLE))) {
      List<Key> keys = ExperimentKeys.draw(spec, 20, 7);
      List<Key> again = ExperimentKeys.draw(spec, 21, 7);
      var maps = new HashSet<Integer>();
      for (int i = 0; i < keys.size(); i++) {
        assertEquals(map(keys.get(i)), map(again.get(i)));
        assertTrue(keys.get(i).isExperimental());
        assertTrue(keys.get(i).toString().contains("experimental"));
        maps.add(map(keys.get(i)));
      }
      assertEquals(20, maps.size());
      assertNotEquals(map(keys.get(0)), map(ExperimentKeys.draw(spec, 1, 8).getFirst()));
    }
    assertFalse(Key.generate(SECURE).isExperimental());
  }

  /** A hash of what the key does to a picture. */
  private static int map(Key key) {
    var ramp = new float[3 * 16 * 16];
    for (int i = 0; i < ramp.length; i++) {
      ramp[i] = (i % 256) / 255f;
    }
    return Arrays.hashCode(key.pixelMap(3, 16, 16).apply(ramp));
  }

  private static Permutation permutation(Key key) {
    return ((BlockTransform.Shuffle) key.blockTransforms(3).getFirst()).permutation();
  }

  private static void refused(String reason, Executable making) {
    String message = assertThrows(IllegalArgumentException.class, making).getMessage();
    assertTrue(message.contains(reason), message);
  }
}
