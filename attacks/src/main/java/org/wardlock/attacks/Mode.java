package org.wardlock.attacks;

import java.util.Arrays;
import java.util.Locale;

/** How closely an attack follows the published program. */
public enum Mode {
  /**
   * As the papers mean it, and no work that decides nothing: pictures are left alone once they are
   * broken, every picture has random choices of its own, the first look back sees the first loss.
   */
  STRICT,
  /**
   * With the order, the constants and the habits of AutoAttack's program, for comparison: it goes
   * on with broken pictures, asks again for what is known, and its Square attack shares windows
   * among pictures. Still inside the ball to the last bit, and still the same in any batch.
   */
  COMPAT;

  /**
   * Reads {@code strict} or {@code compat}.
   *
   * @throws IllegalArgumentException for anything else
   */
  public static Mode parse(String text) {
    return Arrays.stream(values())
        .filter(mode -> mode.toString().equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "mode '" + text + "': expected one of strict, compat"));
  }

  /** {@code strict} or {@code compat}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
