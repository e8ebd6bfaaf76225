package org.wardlock.defense;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.wardlock.defense.Derivation.PUBLISHED_2010_00801;
import static org.wardlock.defense.Derivation.PUBLISHED_2204_07707;
import static org.wardlock.defense.Derivation.PUBLISHED_2207_11939;
import static org.wardlock.defense.TransformKind.CHANNELS;
import static org.wardlock.defense.TransformKind.FFX;
import static org.wardlock.defense.TransformKind.FLIP;
import static org.wardlock.defense.TransformKind.NEGATE;
import static org.wardlock.defense.TransformKind.NEGATE_BLOCK;
import static org.wardlock.defense.TransformKind.NEGATE_EACH;
import static org.wardlock.defense.TransformKind.ROTATE;
import static org.wardlock.defense.TransformKind.SCRAMBLE;
import static org.wardlock.defense.TransformKind.SHUFFLE;

import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeySpecTest {

  @Test
  void canonicalTextIsReadBack() {
    for (KeySpec spec : KeySpecs.all()) {
      assertEquals(spec, KeySpec.parse(spec.canonical()));
    }
  }

  @Test
  void canonicalTextsDiffer() {
    var texts = new HashSet<String>();
    KeySpecs.all().forEach(spec -> texts.add(spec.canonical()));
    assertEquals(KeySpecs.all().size(), texts.size());
  }

  @Test
  void canonicalTextIsTheOneInStoredKeys() {
    assertEquals(
        "wardlock-key-spec/1 transform=shuffle+negate block=4 flatten=hwc derivation=secure",
        KeySpec.secure(4, SHUFFLE, NEGATE).canonical());
    assertEquals(
        "wardlock-key-spec/1 transform=ffx block=16 flatten=hwc derivation=published:2010.00801",
        KeySpec.published(Derivation.publishedIn("2010.00801"), 16, FFX).canonical());
    KeySpec wholeChain =
        KeySpec.published(
            Derivation.publishedIn("2204.07707"),
            16,
            SCRAMBLE,
            ROTATE,
            FLIP,
            NEGATE_BLOCK,
            CHANNELS);
    assertEquals(
        "wardlock-key-spec/1 transform=scramble+rotate+flip+negate-block+channels block=16"
            + " flatten=chw derivation=published:2204.07707",
        wholeChain.canonical());
    assertEquals(wholeChain, KeySpec.parse(wholeChain.canonical()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "wardlock-key-spec/2 transform=shuffle block=4 flatten=hwc derivation=secure",
        "wardlock-key-spec/1 transform=shuffle block=04 flatten=hwc derivation=secure",
        "wardlock-key-spec/1 transform=shuffle block=0 flatten=hwc derivation=secure",
        "wardlock-key-spec/1 transform=shuffle block=2000 flatten=hwc derivation=secure",
        "wardlock-key-spec/1 transform=shufle block=4 flatten=hwc derivation=secure",
        "wardlock-key-spec/1 transform=shuffle+ block=4 flatten=hwc derivation=secure",
        "wardlock-key-spec/1 transform=shuffle block=4 flatten=whc derivation=secure",
        "wardlock-key-spec/1 transform=shuffle block=4 flatten=hwc derivation=open",
        "wardlock-key-spec/1  transform=shuffle block=4 flatten=hwc derivation=secure"
      })
  void otherTextsAreRefused(String text) {
    assertThrows(IllegalArgumentException.class, () -> KeySpec.parse(text));
  }

  @Test
  void impossibleKeysAreRefusedWithAReason() {
    refused("no transform", () -> KeySpec.secure(4));
    refused("shuffle+shuffle names a step twice", () -> KeySpec.secure(4, SHUFFLE, SHUFFLE));
    refused("block size 0 is out of range", () -> KeySpec.secure(0, SHUFFLE));
    refused("expected ffx before negate", () -> KeySpec.secure(4, NEGATE, SHUFFLE, FFX));
    refused(
        "flattens blocks as hwc, found chw",
        () -> new KeySpec(List.of(SHUFFLE), 4, FlattenOrder.CHW, PUBLISHED_2010_00801));
    refused("has no ffx", () -> KeySpec.published(PUBLISHED_2207_11939, 4, FFX));
    refused("is not published", () -> KeySpec.published(Derivation.SECURE, 4, SHUFFLE));
    refused(
        "'2011.00001' is unknown; expected one of 2010.00801, 2207.11939, 2204.07707",
        () -> Derivation.publishedIn("2011.00001"));
    refused("'twist' is unknown", () -> TransformKind.parseChain("shuffle+twist"));
    refused("expected ffx before negate", () -> KeySpec.secure(4, NEGATE_EACH, FFX));
    refused("expected ffx before negate", () -> KeySpec.secure(4, NEGATE_BLOCK, FFX));
  }

  @Test
  void noSeedIsTakenForWhatNoPaperDrewFromOne() {
    for (TransformKind kind : TransformKind.values()) {
      boolean first = List.of(SHUFFLE, NEGATE, FFX).contains(kind);
      boolean second = List.of(SHUFFLE, NEGATE, SCRAMBLE).contains(kind);
      assertEquals(first, PUBLISHED_2010_00801.knows(kind));
      assertEquals(second, PUBLISHED_2207_11939.knows(kind));
      assertTrue(Derivation.SECURE.knows(kind));
      if (!second) {
        refused(
            "has no " + kind.text() + "; expected derivation secure",
            () -> KeySpec.published(PUBLISHED_2207_11939, 4, kind));
      }
    }
  }

  @Test
  void aChainOfOneGeneratorIsTakenWholeOrNotAtAll() {
    String whole = "expected scramble+rotate+flip+negate-block+channels";
    refused(whole, () -> KeySpec.published(PUBLISHED_2204_07707, 4, ROTATE));
    refused(
        whole,
        () ->
            KeySpec.published(
                PUBLISHED_2204_07707, 4, ROTATE, SCRAMBLE, FLIP, NEGATE_BLOCK, CHANNELS));
    refused("has no shuffle", () -> KeySpec.published(PUBLISHED_2204_07707, 4, SHUFFLE));
  }

  @Test
  void stepsThatLookAtPlacesAreKnown() {
    assertFalse(KeySpec.secure(4, SHUFFLE, FFX, NEGATE).isPositional());
    assertTrue(KeySpec.secure(4, SHUFFLE, SCRAMBLE).isPositional());
    Key key = ExperimentKeys.draw(KeySpec.secure(4, SHUFFLE, ROTATE), 1, 1).getFirst();
    refused("size of pictures", () -> key.blockTransforms(3));
    assertEquals(2, key.blockTransforms(3, 8, 8).size());
  }

  @Test
  void blockLengthCountsChannels() {
    assertEquals(48, KeySpec.secure(4, SHUFFLE).blockLength(3));
    refused("0 channels", () -> KeySpec.secure(4, SHUFFLE).blockLength(0));
  }

  private static void refused(String reason, Executable construction) {
    String message = assertThrows(IllegalArgumentException.class, construction).getMessage();
    assertTrue(message.contains(reason), message);
  }
}
