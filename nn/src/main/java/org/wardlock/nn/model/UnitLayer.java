package org.wardlock.nn.model;

import java.util.List;

/**
 * A layer whose units can be pruned: hidden units of a transformer's perceptrons, channels behind a
 * ConvMixer's blocks, channels inside a residual network's blocks. A pruned unit answers 0 whatever
 * it is shown; with some weights at zero the plain network computes just that.
 *
 * @param name by which a forward pass shows it, as in {@code blocks.3.mlp}
 * @param units how many it has
 * @param slices what is zero where a unit is pruned
 */
public record UnitLayer(String name, int units, List<Slice> slices) {
  /** Keeps a copy of the list. */
  public UnitLayer {
    slices = List.copyOf(slices);
  }

  /**
   * The slices of a parameter that belong to units, one each.
   *
   * @param parameter the dotted name
   * @param axis along which they lie
   */
  public record Slice(String parameter, int axis) {}

  /** A layer of hidden units: what reads them is zero, as far as it reads those that are pruned. */
  static UnitLayer readBy(String name, int units, String weight) {
    return new UnitLayer(name, units, List.of(new Slice(weight, 1)));
  }

  /** Channels behind a normalisation, whose scale and shift are zero where they are pruned. */
  static UnitLayer behindNorm(String name, int units, String norm) {
    return new UnitLayer(
        name, units, List.of(new Slice(norm + ".weight", 0), new Slice(norm + ".bias", 0)));
  }
}
