package org.wardlock.defense;

import java.util.Arrays;

/**
 * A {@link PixelMap} seen by a network that cuts pictures into patches: every patch of the result
 * is one patch of the picture, and all are treated alike.
 *
 * @param patches for each patch of the result, numbered row by row, which one it is made of
 * @param values for each value of a patch, numbered channel, row, column as in a convolution's
 *     weight, which of its values it is made of
 * @param negated for each value of a patch, whether it is negated
 */
record PatchMap(Permutation patches, Permutation values, boolean[] negated) {

  /**
   * The map as patches see it.
   *
   * @param map of pictures of {@code channels} x {@code size} x {@code size}
   * @param patch side of the patches, which divides {@code size}
   * @throws IllegalArgumentException if the map tears patches apart, treats them differently or has
   *     a table; the message names no value of it
   */
  static PatchMap of(PixelMap map, int channels, int size, int patch) {
    if (!map.isDifferentiable()) {
      throw new IllegalArgumentException("a table of FFX is no linear map of the pixels");
    }
    var layout = new BlockLayout(channels, size, size, patch, FlattenOrder.CHW);
    int length = layout.blockLength();
    int[] patchOf = new int[layout.size()];
    int[] valueOf = new int[layout.size()];
    for (int number = 0; number < layout.blocks(); number++) {
      for (int value = 0; value < length; value++) {
        patchOf[layout.index(number, value)] = number;
        valueOf[layout.index(number, value)] = value;
      }
    }
    int[] sources = map.sources();
    boolean[] negations = map.negated();
    int[] patches = new int[layout.blocks()];
    int[] values = new int[length];
    boolean[] negated = new boolean[length];
    for (int value = 0; value < length; value++) {
      int first = layout.index(0, value);
      values[value] = valueOf[sources[first]];
      negated[value] = negations[first];
    }
    for (int number = 0; number < patches.length; number++) {
      patches[number] = patchOf[sources[layout.index(number, 0)]];
      for (int value = 0; value < length; value++) {
        int target = layout.index(number, value);
        if (patchOf[sources[target]] != patches[number]) {
          throw new IllegalArgumentException("it mixes the values of several patches");
        }
        if (valueOf[sources[target]] != values[value] || negations[target] != negated[value]) {
          throw new IllegalArgumentException("it treats patches differently");
        }
      }
    }
    return new PatchMap(Permutation.of(patches), Permutation.of(values), negated);
  }

  /** Whether all patches stay where they are. */
  boolean keepsPlaces() {
    return patches.equals(Permutation.identity(patches.length()));
  }

  /** The map that undoes this one. */
  PatchMap inverse() {
    Permutation back = values.inverse();
    var negatedBack = new boolean[negated.length];
    for (int value = 0; value < negated.length; value++) {
      negatedBack[value] = negated[back.at(value)];
    }
    return new PatchMap(patches.inverse(), back, negatedBack);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PatchMap that
        && patches.equals(that.patches)
        && values.equals(that.values)
        && Arrays.equals(negated, that.negated);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * patches.hashCode() + values.hashCode()) + Arrays.hashCode(negated);
  }

  @Override
  public String toString() {
    return "PatchMap[patches=%s values=%s]".formatted(patches.length(), values.length());
  }
}
