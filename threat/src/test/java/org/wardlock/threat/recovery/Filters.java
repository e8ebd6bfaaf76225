package org.wardlock.threat.recovery;

import java.util.Random;
import org.wardlock.defense.BlockLayout;
import org.wardlock.defense.Permutation;

/** Patch embeddings for tests. */
final class Filters {
  private static final int CHANNELS = 3;

  private Filters() {}

  static int[] permutation(int n, Random random) {
    int[] entries = Permutation.identity(n).toArray();
    for (int i = n - 1; i > 0; i--) {
      int other = random.nextInt(i + 1);
      int entry = entries[i];
      entries[i] = entries[other];
      entries[other] = entry;
    }
    return entries;
  }

  static PatchFilters random(int features, int patch, long seed) {
    var random = new Random(seed);
    var weights = new float[features * CHANNELS * patch * patch];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) random.nextGaussian();
    }
    return new PatchFilters(features, CHANNELS, patch, weights);
  }

  /**
   * Features drawn from one distribution, that of a random mixture: equal covariance of the columns
   * whatever the seed, and no feature in common.
   */
  static PatchFilters ofOneKind(int features, int patch, long seed) {
    int length = CHANNELS * patch * patch;
    return mixed(random(features, patch, seed), random(length, patch, 999).weights());
  }

  /** Features whose columns are the less alike the further their pixels are apart. */
  static PatchFilters smooth(int features, int patch, long seed) {
    int area = patch * patch;
    int length = CHANNELS * area;
    var mixture = new float[length * length];
    for (int from = 0; from < length; from++) {
      for (int to = 0; to < length; to++) {
        int rows = from % area / patch - to % area / patch;
        int columns = from % patch - to % patch;
        double near = Math.exp(-(rows * rows + columns * columns) / 1.5);
        mixture[from * length + to] = (float) (from / area == to / area ? near : 0.3 * near);
      }
    }
    return mixed(random(features, patch, seed), mixture);
  }

  private static PatchFilters mixed(PatchFilters raw, float... mixture) {
    int length = raw.length();
    var weights = new float[raw.features() * length];
    for (int feature = 0; feature < raw.features(); feature++) {
      for (int from = 0; from < length; from++) {
        for (int to = 0; to < length; to++) {
          weights[feature * length + to] += raw.weight(feature, from) * mixture[from * length + to];
        }
      }
    }
    return new PatchFilters(raw.features(), CHANNELS, raw.patch(), weights);
  }

  /**
   * The embedding that does with keyed pictures what another does with plain ones, up to its bias:
   * position i of a block holds what was at its source, of another channel perhaps, and normalised
   * as its own channel is.
   */
  static PatchFilters encrypted(PatchFilters base, KeyTables key, double... deviations) {
    int patch = base.patch();
    int area = patch * patch;
    var layout =
        new BlockLayout(CHANNELS, patch, patch, key.spec().block(), key.spec().flattenOrder());
    float[] before = base.weights();
    float[] after = new float[before.length];
    for (int feature = 0; feature < base.features(); feature++) {
      for (int block = 0; block < layout.blocks(); block++) {
        for (int i = 0; i < key.length(); i++) {
          int to = layout.index(block, i);
          int from = layout.index(block, key.sources().at(i));
          double scale = deviations[to / area] / deviations[from / area];
          int row = feature * layout.size();
          after[row + to] = (float) (before[row + from] * (key.negated()[i] ? -scale : scale));
        }
      }
    }
    return new PatchFilters(base.features(), CHANNELS, patch, after);
  }

  static PatchFilters noisy(PatchFilters filters, double scale, long seed) {
    var random = new Random(seed);
    float[] weights = filters.weights();
    for (int i = 0; i < weights.length; i++) {
      weights[i] += (float) (scale * random.nextGaussian());
    }
    return new PatchFilters(filters.features(), CHANNELS, filters.patch(), weights);
  }
}
