package org.wardlock.threat.recovery;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.wardlock.defense.BlockLayout;
import org.wardlock.defense.KeySpec;
import org.wardlock.defense.Permutation;
import org.wardlock.tensor.Philox;
import org.wardlock.threat.ThreatPurpose;

/**
 * Reads a key off a patch embedding that nobody made from a public one. Which feature is which
 * differs between two trainings, but how alike the columns of two pixels are does not: neighbours
 * are alike, and so are the channels of one pixel. So the key is looked for that makes the table of
 * cosines between the found columns most like a reference: that of any other model of such
 * pictures, or what is known of smooth filters in general.
 *
 * <p>That is a quadratic assignment problem. It is climbed by exchanges of two positions and
 * changes of sign, from many random starts; several optima may be equally good, as signs that are
 * all changed leave the table as it is, and so does a mirrored block with a reference that does not
 * know left from right. A {@link GuessJudge} tells them apart with a pass a picture each.
 *
 * @param spec what the key is for; of shuffle and negate
 * @param channels of the pictures
 * @param found cosines between the columns of the keyed model
 * @param reference cosines that columns in plain order are thought to have
 * @param starts random ones, at least 1
 * @param seed of the starts
 */
public record GramMatch(
    KeySpec spec, int channels, double[][] found, double[][] reference, int starts, long seed) {
  /** Over how many pixels columns stay alike, as read off models trained on CIFAR-10. */
  private static final double SMOOTHNESS = 1;

  /** How much less alike the columns of two channels are. */
  private static final double OTHER_CHANNEL = 0.5;

  /** Keeps the streams of the starts apart from those of other searches. */
  private static final long STREAMS = 1L << 32;

  /** Checks the tables. */
  public GramMatch {
    int length = KeyTables.identity(spec, channels).length();
    requireSquare(found, length);
    requireSquare(reference, length);
    if (starts < 1) {
      throw new IllegalArgumentException(
          "gram match: found %d starts; expected at least 1".formatted(starts));
    }
  }

  /**
   * One of the best keys.
   *
   * @param tables the key
   * @param likeness the cosine between the tables off their diagonals: 1 where they agree
   */
  public record Candidate(KeyTables tables, double likeness) {}

  /**
   * A match to another model of such pictures, trained by whomever from whatever start.
   *
   * @throws IllegalArgumentException if the patches differ, or are no whole number of blocks
   */
  public static GramMatch toModel(
      PatchFilters found, PatchFilters other, KeySpec spec, int starts, long seed) {
    return new GramMatch(
        spec,
        found.channels(),
        new ColumnCosines(found, found, spec).table(),
        new ColumnCosines(other, other, spec).table(),
        starts,
        seed);
  }

  /**
   * A match to smooth filters, where there is no other model: columns are the less alike the
   * further their pixels are from each other. It knows no directions and no colours, so a block's
   * eight symmetries and the orders of channels all come out equally good.
   *
   * @throws IllegalArgumentException if a patch is no whole number of blocks
   */
  public static GramMatch toSmoothness(PatchFilters found, KeySpec spec, int starts, long seed) {
    return new GramMatch(
        spec,
        found.channels(),
        new ColumnCosines(found, found, spec).table(),
        smooth(spec, found.channels()),
        starts,
        seed);
  }

  private static double[][] smooth(KeySpec spec, int channels) {
    int block = spec.block();
    int area = block * block;
    var layout = new BlockLayout(channels, block, block, block, spec.flattenOrder());
    var table = new double[layout.size()][layout.size()];
    for (int i = 0; i < table.length; i++) {
      int here = layout.index(0, i);
      for (int j = 0; j < table.length; j++) {
        int there = layout.index(0, j);
        int rows = here % area / block - there % area / block;
        int columns = here % block - there % block;
        double likeness = Math.exp(-Math.sqrt(rows * rows + columns * columns) / SMOOTHNESS);
        table[i][j] = here / area == there / area ? likeness : OTHER_CHANNEL * likeness;
      }
    }
    return table;
  }

  private static void requireSquare(double[][] table, int length) {
    if (table.length != length || Arrays.stream(table).anyMatch(row -> row.length != length)) {
      throw new IllegalArgumentException(
          "gram match: found a table of %d rows; expected %d by %d"
              .formatted(table.length, length, length));
    }
  }

  /**
   * The best keys, most like the reference first.
   *
   * @param most how many at most
   */
  public List<Candidate> candidates(int most) {
    Map<KeyTables, Double> optima = new HashMap<>();
    for (int start = 0; start < starts; start++) {
      var climb = new Climb(start);
      climb.toTheTop();
      optima.put(climb.tables(), climb.likeness());
      if (climb.kind.negates()) {
        climb.changeAllSigns();
        optima.put(climb.tables(), climb.likeness());
      }
    }
    return optima.entrySet().stream()
        .map(optimum -> new Candidate(optimum.getKey(), optimum.getValue()))
        // equally good ones in an order that does not depend on the map's
        .sorted(
            Comparator.comparingDouble((Candidate candidate) -> -round(candidate.likeness()))
                .thenComparing(candidate -> candidate.tables().sources().toArray(), Arrays::compare)
                .thenComparing(candidate -> candidate.tables().negated(), Arrays::compare))
        .limit(most)
        .toList();
  }

  private static double round(double likeness) {
    return Math.rint(likeness * 1e9);
  }

  /** A key on its way to an optimum. */
  private final class Climb {
    private static final double PROGRESS = 1e-12;

    /** The number of ways to give two positions signs; the last one is to negate neither. */
    private static final int SIGNS = 4;

    final KeyTables kind = KeyTables.identity(spec, channels);
    final int[] sources = kind.sources().toArray();
    final double[] signs = new double[sources.length];

    Climb(int start) {
      var random = new Philox(seed, ThreatPurpose.SEARCH.number(), STREAMS + start);
      for (int i = sources.length - 1; kind.shuffles() && i > 0; i--) {
        exchange(i, random.below(i + 1, i));
      }
      for (int i = 0; i < signs.length; i++) {
        boolean negative = kind.negates() && random.below(2, (long) signs.length + i) == 1;
        signs[i] = negative ? -1 : 1;
      }
    }

    void toTheTop() {
      boolean moved = true;
      while (moved) {
        moved = false;
        for (int i = 0; i < sources.length; i++) {
          for (int k = i + 1; kind.shuffles() && k < sources.length; k++) {
            moved |= exchangeIfBetter(i, k);
          }
          if (kind.negates() && gainOfSign(i) > PROGRESS) {
            signs[i] = -signs[i];
            moved = true;
          }
        }
      }
    }

    private void exchange(int i, int k) {
      int source = sources[i];
      sources[i] = sources[k];
      sources[k] = source;
    }

    /** Exchanges two positions, with those signs that then suit them best. */
    private boolean exchangeIfBetter(int i, int k) {
      double[] atI = reference[sources[i]];
      double[] atK = reference[sources[k]];
      double ofI = 0;
      double ofK = 0;
      double before = 0;
      for (int j = 0; j < sources.length; j++) {
        if (j != i && j != k) {
          double likeI = signs[j] * found[i][j];
          double likeK = signs[j] * found[k][j];
          before += signs[i] * likeI * atI[sources[j]] + signs[k] * likeK * atK[sources[j]];
          ofI += likeI * atK[sources[j]];
          ofK += likeK * atI[sources[j]];
        }
      }
      double pair = found[i][k] * atI[sources[k]];
      before += signs[i] * signs[k] * pair;
      for (int choice = kind.negates() ? 0 : SIGNS - 1; choice < SIGNS; choice++) {
        double signI = (choice & 1) == 0 ? -1 : 1;
        double signK = (choice & 2) == 0 ? -1 : 1;
        if (signI * ofI + signK * ofK + signI * signK * pair > before + PROGRESS) {
          exchange(i, k);
          signs[i] = signI;
          signs[k] = signK;
          return true;
        }
      }
      return false;
    }

    private double gainOfSign(int i) {
      double now = 0;
      for (int j = 0; j < sources.length; j++) {
        if (j != i) {
          now += signs[i] * signs[j] * found[i][j] * reference[sources[i]][sources[j]];
        }
      }
      return -2 * now;
    }

    void changeAllSigns() {
      for (int i = 0; i < signs.length; i++) {
        signs[i] = -signs[i];
      }
    }

    double likeness() {
      double product = 0;
      double foundSquare = 0;
      double referenceSquare = 0;
      for (int i = 0; i < sources.length; i++) {
        for (int j = 0; j < i; j++) {
          double ours = signs[i] * signs[j] * found[i][j];
          double theirs = reference[sources[i]][sources[j]];
          product += ours * theirs;
          foundSquare += ours * ours;
          referenceSquare += theirs * theirs;
        }
      }
      double norms = Math.sqrt(foundSquare) * Math.sqrt(referenceSquare);
      return norms == 0 ? 0 : product / norms;
    }

    KeyTables tables() {
      var negated = new boolean[signs.length];
      for (int i = 0; i < negated.length; i++) {
        negated[i] = signs[i] < 0;
      }
      return new KeyTables(spec, channels, Permutation.of(sources), negated);
    }
  }
}
