package org.wardlock.threat.recovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.wardlock.defense.Key;
import org.wardlock.defense.KeySpec;
import org.wardlock.defense.TransformKind;

class GramMatchTest {
  private static final double[] NO_SCALE = {1, 1, 1};

  @Test
  void modelsWhoseFeaturesHaveNothingToDoWithEachOtherGiveTheKeyAway() {
    for (String chain : List.of("shuffle", "negate", "shuffle+negate")) {
      KeySpec spec =
          KeySpec.secure(2, TransformKind.parseChain(chain).toArray(TransformKind[]::new));
      try (Key key = PlantedModel.key(spec, 4)) {
        KeyTables truth = KeyTables.of(key, 3);
        PatchFilters plain = Filters.ofOneKind(600, 2, 1);
        PatchFilters keyed = Filters.encrypted(Filters.ofOneKind(600, 2, 2), truth, NO_SCALE);
        List<GramMatch.Candidate> candidates =
            GramMatch.toModel(keyed, plain, spec, 500, 5).candidates(2);
        assertTrue(candidates.getFirst().likeness() > 0.9, chain + " " + candidates);
        assertTrue(
            candidates.stream().anyMatch(candidate -> candidate.tables().equals(truth)), chain);
      }
    }
  }

  @Test
  void smoothnessFindsTheKeyUpToTheSymmetriesOfABlock() {
    KeySpec spec = KeySpec.secure(4, TransformKind.SHUFFLE);
    try (Key key = PlantedModel.key(spec, 6)) {
      KeyTables truth = KeyTables.of(key, 3);
      PatchFilters keyed = Filters.encrypted(Filters.smooth(2000, 4, 3), truth, NO_SCALE);
      List<GramMatch.Candidate> candidates =
          GramMatch.toSmoothness(keyed, spec, 400, 7).candidates(48);
      double best =
          candidates.stream()
              .mapToDouble(candidate -> candidate.tables().agreement(truth))
              .max()
              .orElseThrow();
      assertTrue(candidates.getFirst().likeness() > 0.9, candidates.getFirst().toString());
      assertEquals(1, best, "of " + candidates.size());
    }
  }

  @Test
  void equalSettingsFindEqualCandidatesInEqualOrder() {
    KeySpec spec = KeySpec.secure(2, TransformKind.SHUFFLE, TransformKind.NEGATE);
    PatchFilters filters = Filters.random(20, 2, 8);
    GramMatch match = GramMatch.toSmoothness(filters, spec, 20, 9);
    assertEquals(match.candidates(10), match.candidates(10));
    assertEquals(match.candidates(10).subList(0, 3), match.candidates(3));
    assertThrows(IllegalArgumentException.class, () -> GramMatch.toSmoothness(filters, spec, 0, 9));
    KeySpec large = KeySpec.secure(4, TransformKind.SHUFFLE);
    assertThrows(
        IllegalArgumentException.class, () -> GramMatch.toSmoothness(filters, large, 1, 9));
  }
}
