package org.wardlock.defense;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.wardlock.defense.TransformKind.NEGATE;
import static org.wardlock.defense.TransformKind.SHUFFLE;

import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/** A key is the same key wherever it is used: digits that a locale writes must not enter it. */
class LocaleTest {
  private static final Locale EASTERN_ARABIC_DIGITS = Locale.forLanguageTag("ar-EG-u-nu-arab");
  private static final KeySpec SPEC = KeySpec.secure(4, SHUFFLE, NEGATE);

  @TempDir Path folder;

  @Test
  void theLocaleOfTheTestDoesWriteOtherDigits() {
    assertEquals("\u0664", in(EASTERN_ARABIC_DIGITS, () -> "%d".formatted(4)));
  }

  @Test
  void keysAndWhatTheyDoAreTheSame() {
    assertEquals(in(Locale.ROOT, LocaleTest::keyId), in(EASTERN_ARABIC_DIGITS, LocaleTest::keyId));
    assertArrayEquals(
        in(Locale.ROOT, LocaleTest::transformed),
        in(EASTERN_ARABIC_DIGITS, LocaleTest::transformed));
  }

  @Test
  void keyFilesCanBeReadElsewhere() throws Exception {
    Path file = folder.resolve("key.p12");
    Locale before = Locale.getDefault();
    try (Key key = Key.generate(SPEC)) {
      Locale.setDefault(EASTERN_ARABIC_DIGITS);
      KeyFile.save(key, file, "password".toCharArray());
      Locale.setDefault(Locale.ROOT);
      try (Key loaded = KeyFile.load(file, "password".toCharArray())) {
        assertEquals(key.id(), loaded.id());
      }
    } finally {
      Locale.setDefault(before);
    }
  }

  private static String keyId() {
    try (Key key = ExperimentKeys.draw(SPEC, 1, 7).getFirst()) {
      return key.spec().canonical() + " " + key.id().text();
    }
  }

  private static float[] transformed() {
    try (Key key = ExperimentKeys.draw(SPEC, 1, 7).getFirst();
        Scope _ = Scope.open("locale")) {
      Shape picture = Shape.of(3, 8, 8);
      Tensor pixels = Tensor.range(Device.CPU, 192).multiply(1f / 256).reshape(1, 3, 8, 8);
      return KeyTransform.of(key, picture, Device.CPU).apply(pixels).toFloats();
    }
  }

  private static <T> T in(Locale locale, Supplier<T> work) {
    Locale before = Locale.getDefault();
    Locale.setDefault(locale);
    try {
      return work.get();
    } finally {
      Locale.setDefault(before);
    }
  }
}
