package org.wardlock.threat.recovery;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.LongStream;

/**
 * All 32-bit seeds in the order in which an attacker tries them: first those that people choose,
 * then all from 0 to 2^32 - 1, which tries the few thousand first ones again.
 */
public final class PlausibleSeeds {
  private static final long SEEDS = 1L << 32;
  private static final int SMALL = 10_000;
  private static final int FIRST_YEAR = 1970;
  private static final int LAST_YEAR = 2039;
  private static final int MONTHS = 12;
  private static final int DAYS = 31;
  private static final int CENTURY = 100;

  private static final long[] CHOSEN = choose();

  private PlausibleSeeds() {}

  /** How many positions there are. */
  public static long count() {
    return CHOSEN.length + SEEDS;
  }

  /**
   * The seed at a position.
   *
   * @param position from 0 to {@link #count} - 1
   */
  public static long at(long position) {
    if (position < 0 || position >= count()) {
      throw new IllegalArgumentException(
          "seeds: found position %d; expected 0 to %d".formatted(position, count() - 1));
    }
    return position < CHOSEN.length ? CHOSEN[(int) position] : position - CHOSEN.length;
  }

  private static long[] choose() {
    Set<Long> seeds = new LinkedHashSet<>();
    // the papers' own, those of textbooks and of jokes, repeated and counted digits
    add(seeds, 42, 0, 123, 1, 1234, 12_345, 123_456, 1_234_567, 12_345_678, 123_456_789);
    add(seeds, 1337, 31_337, 3407, 2718, 3141, 31_415, 314_159, 271_828, 1618, 161_803);
    add(seeds, 666, 777, 888, 999, 1111, 4242, 424_242, 8675_309, 987_654_321, 54_321, 654_321);
    add(seeds, 0xDEADBEEFL, 0xCAFEBABEL, 0xC0FFEEL, 0xBADC0DEL, 0xFEEDFACEL, 0xFFFFFFFFL);
    add(seeds, 0x7FFFFFFFL, 0x80000000L, 1_000_000, 1_000_000_000, 100_000, 99_999, 67_280_421);
    LongStream.range(0, SMALL).forEach(seeds::add);
    for (long year = FIRST_YEAR; year <= LAST_YEAR; year++) {
      for (long month = 1; month <= MONTHS; month++) {
        for (long day = 1; day <= DAYS; day++) {
          seeds.add((year * CENTURY + month) * CENTURY + day);
          seeds.add((day * CENTURY + month) * SMALL + year);
          seeds.add((month * CENTURY + day) * SMALL + year);
        }
      }
    }
    LongStream.range(0, Integer.SIZE).forEach(bit -> add(seeds, 1L << bit, (1L << bit) - 1));
    return seeds.stream().mapToLong(Long::longValue).toArray();
  }

  private static void add(Set<Long> seeds, long... more) {
    LongStream.of(more).forEach(seeds::add);
  }
}
