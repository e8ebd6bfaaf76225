package org.wardlock.defense;

import java.util.Arrays;

/**
 * A permutation of 0..n-1, read as a gather: position i of the result takes what stood at {@code
 * at(i)}. Immutable. {@link #toString} does not show the entries, which are secret in a key.
 */
public final class Permutation {
  private final int[] sources;

  private Permutation(int[] sources) {
    this.sources = sources;
  }

  /**
   * The permutation with these entries.
   *
   * @throws IllegalArgumentException if they are not 0..n-1 in some order
   */
  public static Permutation of(int... sources) {
    var seen = new boolean[sources.length];
    for (int source : sources) {
      if (source < 0 || source >= sources.length || seen[source]) {
        throw new IllegalArgumentException(
            "permutation of length %d: entries repeat or are out of range; expected each of 0..%d once"
                .formatted(sources.length, sources.length - 1));
      }
      seen[source] = true;
    }
    return new Permutation(sources.clone());
  }

  /** The permutation that changes nothing. */
  public static Permutation identity(int length) {
    var sources = new int[length];
    Arrays.setAll(sources, i -> i);
    return new Permutation(sources);
  }

  /** The number of positions. */
  public int length() {
    return sources.length;
  }

  /** Where the value at a position of the result comes from. */
  public int at(int position) {
    return sources[position];
  }

  /** The permutation that undoes this one. */
  public Permutation inverse() {
    var inverse = new int[sources.length];
    for (int i = 0; i < sources.length; i++) {
      inverse[sources[i]] = i;
    }
    return new Permutation(inverse);
  }

  /** A copy of the entries. */
  public int[] toArray() {
    return sources.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Permutation that && Arrays.equals(sources, that.sources);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(sources);
  }

  @Override
  public String toString() {
    return "Permutation[length=" + sources.length + "]";
  }
}
