package org.wardlock.threat.recovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.wardlock.defense.Derivation;
import org.wardlock.defense.FlattenOrder;
import org.wardlock.defense.Key;
import org.wardlock.defense.KeySpec;
import org.wardlock.defense.ModelEncryption;
import org.wardlock.defense.TransformKind;
import org.wardlock.nn.model.Architecture;
import org.wardlock.nn.weights.Safetensors;
import org.wardlock.tensor.Scope;

class FilterMatchTest {
  private static final double[] NO_SCALE = {1, 1, 1};

  /** The deviations of ImageNet: a column that changes channel is scaled by their ratio. */
  private static final double[] DEVIATIONS = {0.229, 0.224, 0.225};

  @Test
  void exactlyThePlantedTablesAreFound() {
    for (String chain : List.of("shuffle", "negate", "shuffle+negate", "negate+shuffle")) {
      for (FlattenOrder order : FlattenOrder.values()) {
        for (int block : new int[] {1, 2, 4}) {
          var spec = new KeySpec(TransformKind.parseChain(chain), block, order, Derivation.SECURE);
          try (Key key = PlantedModel.key(spec, 7)) {
            KeyTables truth = KeyTables.of(key, 3);
            PatchFilters base = Filters.random(32, 4, 1);
            PatchFilters found = Filters.encrypted(base, truth, DEVIATIONS);
            FilterMatch match = FilterMatch.between(found, base, spec);
            assertEquals(truth, match.tables(), chain + " block " + block);
            assertEquals(0, match.cost(), 1e-6);
            assertTrue(match.margin() > 0, "margin " + match.margin());
          }
        }
      }
    }
  }

  /** The public file is in half precision; the twin's embedding is not. */
  @Test
  void theKeyOfARealTwinIsReadOffBesideTheWeightsThatEverybodyHas() throws IOException {
    Path file =
        Path.of(System.getProperty("wardlock.shared", "../../shared"))
            .resolve("data/weights/deit-tiny-imagenet-f16.safetensors");
    Assumptions.assumeTrue(
        Files.exists(file), () -> file + " is absent: set -Dwardlock.shared to the shared folder");
    Architecture deit = Architecture.named("deit_tiny_patch16_224");
    KeySpec spec = KeySpec.secure(16, TransformKind.SHUFFLE, TransformKind.NEGATE);
    try (Scope _ = Scope.open("test");
        Safetensors stored = Safetensors.open(file);
        Key key = PlantedModel.key(spec, 7)) {
      PatchFilters twin = PatchFilters.of(ModelEncryption.of(deit, key).encrypt(stored));
      FilterMatch match = FilterMatch.between(twin, PatchFilters.of(stored), spec);
      assertEquals(KeyTables.of(key, 3), match.tables());
      assertEquals(0, match.cost(), 1e-6);
    }
  }

  @Test
  void fineTuningAsLargeAsTheFiltersThemselvesDoesNotHideTheKey() {
    KeySpec spec = KeySpec.secure(4, TransformKind.SHUFFLE, TransformKind.NEGATE);
    try (Key key = PlantedModel.key(spec, 8)) {
      KeyTables truth = KeyTables.of(key, 3);
      PatchFilters base = Filters.random(128, 4, 2);
      PatchFilters found = Filters.noisy(Filters.encrypted(base, truth, NO_SCALE), 1, 3);
      FilterMatch match = FilterMatch.between(found, base, spec);
      assertEquals(truth, match.tables());
      assertEquals(1 - Math.sqrt(0.5), match.cost(), 0.05);
    }
  }

  @Test
  void unrelatedFiltersAreSeenToBe() {
    KeySpec spec = KeySpec.secure(4, TransformKind.SHUFFLE);
    FilterMatch match =
        FilterMatch.between(Filters.random(128, 4, 4), Filters.random(128, 4, 5), spec);
    assertTrue(match.cost() > 0.7, "cost " + match.cost());
    assertTrue(match.margin() < 0.05, "margin " + match.margin());
  }

  @Test
  void blocksThatPatchesCutAreRefused() {
    KeySpec spec = KeySpec.secure(4, TransformKind.SHUFFLE);
    PatchFilters small = Filters.random(8, 2, 6);
    var error =
        assertThrows(IllegalArgumentException.class, () -> FilterMatch.between(small, small, spec));
    assertTrue(error.getMessage().contains("expected patches of whole blocks"), error.getMessage());
    PatchFilters eight = Filters.random(8, 4, 6);
    PatchFilters nine = Filters.random(9, 4, 6);
    var sizes =
        assertThrows(IllegalArgumentException.class, () -> FilterMatch.between(nine, eight, spec));
    assertTrue(sizes.getMessage().contains("of one size"), sizes.getMessage());
  }
}
