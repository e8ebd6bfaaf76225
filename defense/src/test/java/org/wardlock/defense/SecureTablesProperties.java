package org.wardlock.defense;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.wardlock.defense.TransformKind.FFX;
import static org.wardlock.defense.TransformKind.NEGATE;
import static org.wardlock.defense.TransformKind.SHUFFLE;

import java.util.Arrays;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** The secure derivation, for any secret. */
class SecureTablesProperties {
  private static final KeySpec SPEC = KeySpec.secure(4, SHUFFLE, FFX, NEGATE);

  @Property(tries = 200)
  void masksCoverHalfRoundedDown(
      @ForAll @Size(Key.SECRET_BYTES) byte[] secret, @ForAll @IntRange(min = 1, max = 300) int n) {
    boolean[] mask = new SecureTables(secret, SPEC).mask(NEGATE, n);
    assertEquals(n / 2, IntStream.range(0, n).filter(i -> mask[i]).count());
  }

  @Property(tries = 50)
  void codesAreDistinct(@ForAll @Size(Key.SECRET_BYTES) byte[] secret) {
    int[] table = new SecureTables(secret, SPEC).codeTable();
    assertEquals(256, Arrays.stream(table).distinct().filter(c -> c >= 0 && c < 1000).count());
  }
}
