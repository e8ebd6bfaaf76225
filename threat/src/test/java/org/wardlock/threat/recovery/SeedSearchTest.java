package org.wardlock.threat.recovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.wardlock.attacks.Passes;
import org.wardlock.defense.Derivation;
import org.wardlock.defense.Key;
import org.wardlock.defense.KeySpec;
import org.wardlock.defense.Permutation;
import org.wardlock.defense.TransformKind;
import org.wardlock.tensor.Scope;

class SeedSearchTest {
  private static final double[] DEVIATIONS = {0.229, 0.224, 0.225};

  private static KeySpec published(Derivation rule, int block, String chain) {
    return KeySpec.published(
        rule, block, TransformKind.parseChain(chain).toArray(TransformKind[]::new));
  }

  private static SeedByWeights search(KeySpec spec, long seed, double noise) {
    try (Key key = Key.published(spec, seed)) {
      PatchFilters base = Filters.random(48, 4, 1);
      PatchFilters found = Filters.encrypted(base, KeyTables.of(key, 3), DEVIATIONS);
      return new SeedByWeights(Filters.noisy(found, noise, 2), base, spec);
    }
  }

  @Test
  void lanesDrawWhatTheGeneratorDraws() {
    for (int block : new int[] {2, 4, 16}) {
      int length = 3 * block * block;
      var seeds = new int[SeedLanes.LANES];
      for (int lane = 0; lane < seeds.length; lane++) {
        seeds[lane] = lane == 63 ? -1 : 1_000_003 * lane;
      }
      var lanes = new SeedLanes(length - 1);
      lanes.seed(seeds);
      KeySpec spec = published(Derivation.PUBLISHED_2010_00801, block, "shuffle");
      for (int lane = seeds.length - 1; lane >= 0; lane -= 7) {
        int[] entries = Permutation.identity(length).toArray();
        for (int i = 0; i < length - 1; i++) {
          int chosen = i + Integer.remainderUnsigned(lanes.output(i, lane), length - i);
          int entry = entries[i];
          entries[i] = entries[chosen];
          entries[chosen] = entry;
        }
        try (Key key = Key.published(spec, Integer.toUnsignedLong(seeds[lane]))) {
          assertEquals(KeyTables.of(key, 3).sources(), Permutation.of(entries));
        }
      }
    }
  }

  @Test
  void thePlantedSeedIsFoundByTheWeights() {
    for (Derivation rule :
        List.of(Derivation.PUBLISHED_2010_00801, Derivation.PUBLISHED_2207_11939)) {
      for (String chain : List.of("shuffle", "negate", "shuffle+negate", "negate+shuffle")) {
        for (long seed : new long[] {7777, 20_240_229}) {
          SeedByWeights search = search(published(rule, 4, chain), seed, 0.3);
          SeedProgress end = search.advance(SeedProgress.START, 150_000);
          assertTrue(end.certain(), chain + " " + seed + ": " + end);
          assertEquals(OptionalLong.of(seed), end.best(), chain);
        }
      }
    }
  }

  @Test
  void aSearchInPiecesEndsAsOneWithoutPauses() {
    KeySpec spec = published(Derivation.PUBLISHED_2010_00801, 2, "shuffle");
    SeedByWeights search = search(spec, 4_000_000_000L, 0);
    SeedProgress whole = search.advance(SeedProgress.START, 100_000);
    SeedProgress now = SeedProgress.START;
    for (int piece = 0; piece < 7; piece++) {
      now = search.advance(now, piece == 6 ? 100_000 - 6 * 12_345 : 12_345);
    }
    assertEquals(whole, now);
    assertEquals(100_000, now.next());
    assertFalse(now.certain());
  }

  @Test
  void thePlantedSeedIsFoundByTheLoss() {
    try (Scope _ = Scope.open("test")) {
      PlantedModel model = PlantedModel.ofBlocksOf2(1);
      KeySpec spec = published(Derivation.PUBLISHED_2207_11939, 2, "shuffle+negate");
      try (Key key = Key.published(spec, 99)) {
        GuessJudge judge = model.judge(key, 16, 2);
        var search = new SeedByLoss(spec, List.of(), 0);
        SeedProgress end = search.advance(judge, SeedProgress.START, 300);
        assertEquals(OptionalLong.of(99), end.best());
        assertEquals(new Passes(300 * 16, 0), judge.passes());
        SeedProgress half = search.advance(judge, SeedProgress.START, 120);
        assertEquals(end, search.advance(judge, half, 180));
        var satisfied = new SeedByLoss(spec, List.of(), end.cost());
        SeedProgress early = satisfied.advance(judge, SeedProgress.START, 300);
        assertTrue(early.certain() && early.next() < 300, early.toString());
      }
    }
  }

  @Test
  void theCodeOfFfxIsFoundWhereItsPasswordIsInTheList() {
    try (Scope _ = Scope.open("test")) {
      PlantedModel model = PlantedModel.ofGreatCertainty(10);
      KeySpec spec = published(Derivation.PUBLISHED_2010_00801, 2, "ffx");
      try (Key key = Key.published(spec, 1234, "hunter2".toCharArray())) {
        GuessJudge judge = model.judge(key, 32, 4);
        var search = new SeedByLoss(spec, List.of("password", "hunter2", "secret"), 0);
        SeedProgress end = search.advance(judge, SeedProgress.START, 10);
        assertEquals(OptionalLong.of(1234), end.best());
        assertEquals(Optional.of("hunter2"), search.password(judge, 1234));
        assertFalse(search.toString().contains("hunter2"), search.toString());
      }
    }
  }

  @Test
  void everySeedHasAPlaceAndPopularOnesComeFirst() {
    assertEquals(42, PlausibleSeeds.at(0));
    Set<Long> early = new HashSet<>();
    for (long position = 0; position < 100_000; position++) {
      early.add(PlausibleSeeds.at(position));
    }
    for (long seed : new long[] {0, 123, 2026, 9999, 20_231_128, 0xFFFFFFFFL, 0x80000000L}) {
      assertTrue(early.contains(seed), "seed " + seed);
    }
    assertEquals(0xFFFFFFFFL, PlausibleSeeds.at(PlausibleSeeds.count() - 1));
    assertThrows(IllegalArgumentException.class, () -> PlausibleSeeds.at(PlausibleSeeds.count()));
  }

  @Test
  void aSecureDerivationHasNoSeed() {
    KeySpec secure = KeySpec.secure(4, TransformKind.SHUFFLE);
    PatchFilters filters = Filters.random(8, 4, 1);
    var error =
        assertThrows(
            IllegalArgumentException.class, () -> new SeedByWeights(filters, filters, secure));
    assertTrue(error.getMessage().contains("256 random bits have no seed"), error.getMessage());
    assertThrows(
        IllegalArgumentException.class, () -> new SeedByLoss(secure, List.of("password"), 0));
    KeySpec ffx = published(Derivation.PUBLISHED_2010_00801, 2, "ffx");
    assertThrows(IllegalArgumentException.class, () -> new SeedByLoss(ffx, List.of(), 0));
  }
}
