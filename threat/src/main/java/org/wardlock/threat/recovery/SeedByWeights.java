package org.wardlock.threat.recovery;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import org.wardlock.defense.Derivation;
import org.wardlock.defense.Key;
import org.wardlock.defense.KeySpec;
import org.wardlock.defense.Permutation;
import org.wardlock.defense.TransformKind;

/**
 * Tries the seeds of a published derivation against a model's patch embedding: each gives its
 * permutation and mask, and the cost of a seed is that of a {@link FilterMatch} which finds them,
 * the mean over positions of 1 - cosine. No picture is needed and no pass is made. A seed is given
 * up at the first position where it cannot become the best any more, so nearly all cost little more
 * than their generator.
 */
public final class SeedByWeights {
  /**
   * How near to the cheapest assignment the right seed comes, as a share of an average one's way.
   */
  private static final double CERTAIN = 0.05;

  /** Likewise, how near a seed must come to be looked at: chance comes nowhere near it. */
  private static final double REMARKABLE = 0.25;

  private static final double ROUNDING = 1e-6;

  private final KeySpec spec;
  private final int channels;
  private final double[][] cosines;
  private final double[][] leastCost;
  private final double[] leastRest;
  private final double remarkable;
  private final double enough;
  private final SeedLanes lanes;

  /**
   * A search for the seed by which a public model was encrypted, or behind which it was fine-tuned.
   *
   * @param found the embedding of the keyed model
   * @param base that of the public one
   * @param spec of a published derivation, without ffx
   * @throws IllegalArgumentException if the derivation is no published one, or the embeddings
   *     cannot be matched
   */
  public SeedByWeights(PatchFilters found, PatchFilters base, KeySpec spec) {
    this(new ColumnCosines(found, base, spec).table(), found.channels(), spec);
  }

  SeedByWeights(double[][] cosines, int channels, KeySpec spec) {
    if (spec.derivation().isSecure()) {
      throw new IllegalArgumentException(
          "seed search: found derivation secure; expected a published one: 256 random bits have no seed");
    }
    this.spec = spec;
    this.channels = channels;
    this.cosines = cosines;
    KeyTables start = KeyTables.identity(spec, channels);
    int length = start.length();
    leastCost = new double[length][length];
    leastRest = new double[length + 1];
    double average = 0;
    for (int i = length - 1; i >= 0; i--) {
      for (int entry = 0; entry < length; entry++) {
        leastCost[i][entry] = leastCost(i, entry) / length;
        average += leastCost[i][entry] / length;
      }
      leastRest[i] = leastRest[i + 1] + Arrays.stream(leastCost[i]).min().orElse(0);
    }
    double cheapest = FilterMatch.of(cosines, channels, spec).cost();
    enough = cheapest + CERTAIN * (average - cheapest) + ROUNDING;
    remarkable = cheapest + REMARKABLE * (average - cheapest) + ROUNDING;
    lanes = new SeedLanes(Math.max(0, length - 1));
  }

  /** What position i costs at least if the seed's permutation has this entry there. */
  private double leastCost(int i, int entry) {
    List<TransformKind> chain = spec.transforms();
    boolean shuffles = chain.contains(TransformKind.SHUFFLE);
    double cosine = cosines[i][shuffles ? entry : i];
    if (!chain.contains(TransformKind.NEGATE)) {
      return 1 - cosine;
    }
    // a mask that is drawn for the plain block has moved on with the shuffle: it may be either
    boolean signKnown = !shuffles || chain.getLast() == TransformKind.NEGATE;
    return 1 - (signKnown ? cosine * sign(entry) : Math.abs(cosine));
  }

  /** -1 where the derivation's rule negates a position with this entry. */
  private int sign(int entry) {
    boolean negated =
        spec.derivation() == Derivation.PUBLISHED_2010_00801
            ? 2 * entry > cosines.length
            : entry % 2 == 1;
    return negated ? -1 : 1;
  }

  /**
   * Tries more seeds.
   *
   * @param progress where to go on
   * @param count the most seeds to try; a few more are, to fill the lanes
   */
  public SeedProgress advance(SeedProgress progress, long count) {
    SeedProgress now = progress;
    long end = Math.min(PlausibleSeeds.count(), progress.next() + count);
    var seeds = new int[SeedLanes.LANES];
    var entries = new int[cosines.length];
    int[] identity = Permutation.identity(entries.length).toArray();
    while (now.next() < end && !now.isDone()) {
      for (int lane = 0; lane < seeds.length; lane++) {
        seeds[lane] = (int) PlausibleSeeds.at(Math.min(now.next() + lane, end - 1));
      }
      lanes.seed(seeds);
      for (int lane = 0; lane < seeds.length && !now.certain(); lane++) {
        System.arraycopy(identity, 0, entries, 0, entries.length);
        if (mayBeat(Math.min(remarkable, now.cost()), lane, entries)) {
          now = better(now, Integer.toUnsignedLong(seeds[lane]));
        }
      }
      long next = Math.min(end, now.next() + seeds.length);
      now = new SeedProgress(next, now.best(), now.cost(), now.certain());
    }
    return now;
  }

  /** Whether a lane's seed may cost less than a bound; draws no further than needed to deny it. */
  private boolean mayBeat(double bound, int lane, int... entries) {
    double cost = 0;
    int length = entries.length;
    for (int i = 0; i < length; i++) {
      int chosen =
          i < length - 1 ? i + Integer.remainderUnsigned(lanes.output(i, lane), length - i) : i;
      int entry = entries[chosen];
      entries[chosen] = entries[i];
      cost += leastCost[i][entry];
      if (cost + leastRest[i + 1] >= bound) {
        return false;
      }
    }
    return true;
  }

  private SeedProgress better(SeedProgress progress, long seed) {
    double cost = cost(seed);
    return cost < progress.cost()
        ? new SeedProgress(progress.next(), OptionalLong.of(seed), cost, cost <= enough)
        : progress;
  }

  private double cost(long seed) {
    KeyTables tables = tables(seed);
    boolean[] negated = tables.negated();
    double cost = 0;
    for (int i = 0; i < negated.length; i++) {
      double cosine = cosines[i][tables.sources().at(i)];
      cost += (1 - (negated[i] ? -cosine : cosine)) / negated.length;
    }
    return cost;
  }

  /** The tables that a seed gives. */
  public KeyTables tables(long seed) {
    try (Key key = Key.published(spec, seed)) {
      return KeyTables.of(key, channels);
    }
  }
}
