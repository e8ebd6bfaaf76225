package org.wardlock.threat.recovery;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.wardlock.defense.BlockTransform;
import org.wardlock.defense.BlockTransform.FormatPreserving;
import org.wardlock.defense.BlockTransform.Negate;
import org.wardlock.defense.BlockTransform.NegateEach;
import org.wardlock.defense.BlockTransform.Scramble;
import org.wardlock.defense.BlockTransform.Shuffle;
import org.wardlock.defense.BlockTransform.ShuffleEach;
import org.wardlock.defense.Key;
import org.wardlock.defense.KeySpec;
import org.wardlock.defense.KeyTransform;
import org.wardlock.defense.Permutation;
import org.wardlock.defense.PixelMap;
import org.wardlock.defense.TransformKind;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Shape;

/**
 * What a key of shuffle and negate does to a block, as an attacker guesses it: value i of the
 * result is the value at {@code sources.at(i)}, negated where {@code negated[i]}. Every chain of
 * the two has this one form, so that guesses can be compared with the truth. A guess is no key: it
 * has no secret and no id, and opens nothing.
 *
 * @param spec what the key is for, which is public; of shuffle and negate alone
 * @param channels of the pictures
 * @param sources where each value comes from; the identity where the chain has no shuffle
 * @param negated which values of the result are negated; none where the chain has no negate
 */
public record KeyTables(KeySpec spec, int channels, Permutation sources, boolean[] negated) {
  private static final Set<TransformKind> RECOVERABLE =
      EnumSet.of(TransformKind.SHUFFLE, TransformKind.NEGATE);

  /**
   * Keeps a copy of the mask.
   *
   * @throws IllegalArgumentException if the chain has another step, or the tables are not of a
   *     block's size
   */
  public KeyTables {
    requireAffine(spec);
    int length = spec.blockLength(channels);
    if (sources.length() != length || negated.length != length) {
      throw new IllegalArgumentException(
          "key tables: %d sources and %d signs for blocks of %d values; expected one of each a value"
              .formatted(sources.length(), negated.length, length));
    }
    negated = negated.clone();
  }

  /** The guess that a key does nothing: where searches start. */
  public static KeyTables identity(KeySpec spec, int channels) {
    int length = spec.blockLength(channels);
    return new KeyTables(spec, channels, Permutation.identity(length), new boolean[length]);
  }

  /**
   * The tables of a key that one has: a random guess, or the truth that guesses are compared with.
   *
   * @throws IllegalArgumentException if its chain has another step
   */
  public static KeyTables of(Key key, int channels) {
    requireAffine(key.spec());
    KeyTables tables = identity(key.spec(), channels);
    for (BlockTransform step : key.blockTransforms(channels)) {
      tables = tables.then(step);
    }
    return tables;
  }

  private static void requireAffine(KeySpec spec) {
    if (!isRecoverable(spec)) {
      throw new IllegalArgumentException(
          "key tables: found transform %s; expected shuffle and negate alone, which treat all blocks alike and are no code for pixels"
              .formatted(spec.transformText()));
    }
  }

  /** Whether a key of this kind has such tables: one of shuffle and negate alone does. */
  public static boolean isRecoverable(KeySpec spec) {
    return RECOVERABLE.containsAll(spec.transforms());
  }

  private KeyTables then(BlockTransform step) {
    var nextSources = sources.toArray();
    var nextNegated = negated.clone();
    for (int i = 0; i < length(); i++) {
      switch (step) {
        case Shuffle(var permutation) -> {
          nextSources[i] = sources.at(permutation.at(i));
          nextNegated[i] = negated[permutation.at(i)];
        }
        case Negate negate -> nextNegated[i] ^= negate.mask()[i];
        case FormatPreserving _, Scramble _, ShuffleEach _, NegateEach _ ->
            throw new IllegalStateException("key tables: found step " + step);
      }
    }
    return new KeyTables(spec, channels, Permutation.of(nextSources), nextNegated);
  }

  @Override
  public boolean[] negated() {
    return negated.clone();
  }

  /** The number of values in a block. */
  public int length() {
    return negated.length;
  }

  /** Whether the key may move values. */
  public boolean shuffles() {
    return spec.transforms().contains(TransformKind.SHUFFLE);
  }

  /** Whether the key may negate values. */
  public boolean negates() {
    return spec.transforms().contains(TransformKind.NEGATE);
  }

  /** The same guess with the sources of two positions exchanged. */
  public KeyTables swapped(int first, int second) {
    int[] entries = sources.toArray();
    int entry = entries[first];
    entries[first] = entries[second];
    entries[second] = entry;
    return new KeyTables(spec, channels, Permutation.of(entries), negated);
  }

  /** The same guess with one position negated that was not, or not any more. */
  public KeyTables flipped(int position) {
    boolean[] mask = negated.clone();
    mask[position] ^= true;
    return new KeyTables(spec, channels, sources, mask);
  }

  /** The guess on whole pictures. */
  public PixelMap pixelMap(int height, int width) {
    return PixelMap.compose(
        List.of(new Shuffle(sources), new Negate(negated)),
        spec.flattenOrder(),
        spec.block(),
        channels,
        height,
        width);
  }

  /**
   * The guess at work, to be closed.
   *
   * @param pictureShape channels, height, width
   */
  public KeyTransform transform(Shape pictureShape, Device device) {
    return KeyTransform.of(
        pixelMap(pictureShape.extent(1), pictureShape.extent(2)), pictureShape, device);
  }

  /** The share of positions whose source and sign are those of another guess, or of the truth. */
  public double agreement(KeyTables other) {
    int same = 0;
    for (int i = 0; i < length(); i++) {
      same += sources.at(i) == other.sources.at(i) && negated[i] == other.negated[i] ? 1 : 0;
    }
    return (double) same / length();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof KeyTables that
        && spec.equals(that.spec)
        && channels == that.channels
        && sources.equals(that.sources)
        && Arrays.equals(negated, that.negated);
  }

  @Override
  public int hashCode() {
    return 31 * sources.hashCode() + Arrays.hashCode(negated);
  }

  /** What the guess is for; not the guess, which may be right. */
  @Override
  public String toString() {
    return "KeyTables[%s]".formatted(spec.canonical());
  }
}
