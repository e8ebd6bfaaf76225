package org.wardlock.defense;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The stream of key numbers: fair, and as long as one likes. Secrets are fixed, so are outcomes.
 */
class KeyStreamTest {
  private static final byte[] SECRET = SecureTablesTest.secret();

  @Test
  void allPermutationsOfFourAreEquallyLikely() {
    int draws = 48_000;
    var counts = new HashMap<Permutation, Integer>();
    try (var stream = new KeyStream(SECRET, "test permutations")) {
      for (int i = 0; i < draws; i++) {
        counts.merge(stream.permutation(4), 1, Integer::sum);
      }
    }
    assertEquals(24, counts.size());
    // 23 degrees of freedom: above 49.7 once in a thousand.
    int[] observed = counts.values().stream().mapToInt(Integer::intValue).toArray();
    assertTrue(chiSquare(observed, draws) < 49.7, "chi-square " + chiSquare(observed, draws));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 1000})
  void numbersBelowABoundAreEquallyLikely(int bound) {
    int draws = 200 * bound;
    var counts = new int[bound];
    try (var stream = new KeyStream(SECRET, "test bound " + bound)) {
      for (int i = 0; i < draws; i++) {
        counts[stream.below(bound)]++;
      }
    }
    int freedom = bound - 1;
    double limit = freedom + 4 * Math.sqrt(2.0 * freedom) + 8;
    assertTrue(chiSquare(counts, draws) <= limit, "chi-square " + chiSquare(counts, draws));
  }

  @Test
  void boundsThatDoNotDivideTheRangeAreFair() {
    // Remainders without rejection would draw each lower third 3/8 of the time, the upper 2/8.
    int bound = 3 << 29;
    int draws = 30_000;
    var thirds = new int[3];
    try (var stream = new KeyStream(SECRET, "test large bound")) {
      for (int i = 0; i < draws; i++) {
        thirds[stream.below(bound) >>> 29]++;
      }
    }
    assertTrue(chiSquare(thirds, draws) < 13.8, "thirds " + Arrays.toString(thirds));
  }

  @Test
  void derivationIsRfc5869() {
    // Computed apart, in Python from hmac and hashlib.
    assertEquals(
        "fa94eb8c73569101792d59c63c5e584390eb10122a916cce40e9f9e08d47ef5e06f0e5e7c648592a",
        HexFormat.of().formatHex(Hkdf.derive(SECRET, "wardlock test vector", 40)));
  }

  private static double chiSquare(int[] observed, int draws) {
    double expected = (double) draws / observed.length;
    return Arrays.stream(observed)
        .mapToDouble(o -> (o - expected) * (o - expected) / expected)
        .sum();
  }
}
