package org.wardlock.threat.recovery;

import org.wardlock.defense.KeySpec;
import org.wardlock.defense.Permutation;

/**
 * Reads a key off the patch embedding of a model that was made from a public one: by exact
 * encryption (arXiv 2207.11939) or by fine-tuning that left the embedding near it. A key whose
 * blocks lie within patches makes of the public embedding another in which the same columns stand
 * in another order, each perhaps negated, and scaled where channels are normalised by different
 * deviations. So columns are compared by the cosine of their angle, which no scale changes, and the
 * cheapest assignment is the key.
 *
 * @param tables the key
 * @param cost the mean over positions of 1 - cosine: 0 where every column is found again
 * @param margin by how much the least certain position's next best column costs more than the
 *     chosen one; negative where the assignment had to give it a worse one. A key of negations
 *     alone has no other columns: twice the cosine's magnitude
 */
public record FilterMatch(KeyTables tables, double cost, double margin) {

  /**
   * Matches an embedding to the public one.
   *
   * @param found of the keyed model
   * @param base of the public model, feature by feature the same one
   * @param spec what the key is for; its chain without ffx
   * @throws IllegalArgumentException if the embeddings differ in size, or a patch is no whole
   *     number of blocks: then one column serves values that the key takes from several places
   */
  public static FilterMatch between(PatchFilters found, PatchFilters base, KeySpec spec) {
    return of(new ColumnCosines(found, base, spec).table(), found.channels(), spec);
  }

  /** The match by a table of cosines: row i for the position, column j for its source. */
  static FilterMatch of(double[][] cosines, int channels, KeySpec spec) {
    KeyTables start = KeyTables.identity(spec, channels);
    int length = start.length();
    double[][] costs = costs(cosines, start.negates());
    int[] sources =
        start.shuffles()
            ? Assignment.cheapest(costs).columns()
            : Permutation.identity(length).toArray();
    var negated = new boolean[length];
    double cost = 0;
    double margin = Double.POSITIVE_INFINITY;
    for (int i = 0; i < length; i++) {
      double cosine = cosines[i][sources[i]];
      negated[i] = start.negates() && cosine < 0;
      double chosen = costs[i][sources[i]];
      cost += chosen / length;
      double next = start.shuffles() ? otherwise(costs[i], sources[i]) : 1 + Math.abs(cosine);
      margin = Math.min(margin, next - chosen);
    }
    var tables = new KeyTables(spec, channels, Permutation.of(sources), negated);
    return new FilterMatch(tables, cost, margin);
  }

  /** What it costs to say that a position's source is a column, with the better sign. */
  private static double[][] costs(double[][] cosines, boolean negates) {
    var costs = new double[cosines.length][cosines.length];
    for (int i = 0; i < cosines.length; i++) {
      for (int j = 0; j < cosines.length; j++) {
        costs[i][j] = 1 - (negates ? Math.abs(cosines[i][j]) : cosines[i][j]);
      }
    }
    return costs;
  }

  private static double otherwise(double[] costs, int chosen) {
    double best = Double.POSITIVE_INFINITY;
    for (int j = 0; j < costs.length; j++) {
      if (j != chosen) {
        best = Math.min(best, costs[j]);
      }
    }
    return best;
  }
}
