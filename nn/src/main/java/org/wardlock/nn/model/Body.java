package org.wardlock.nn.model;

import java.util.List;
import org.wardlock.nn.ParameterSource;
import org.wardlock.nn.weights.Weights;
import org.wardlock.nn.weights.WeightsException;

/** What kind of network, and how large: everything but its pictures and classes. */
public sealed interface Body permits VisionTransformer.Size, ConvMixer.Size, ResNet.Size {
  /**
   * Builds the network: normalised pictures (N, 3, S, S) to logits (N, classes).
   *
   * @param imageSize S, pixels
   * @throws IllegalArgumentException if the sizes do not fit each other
   */
  Backbone build(ParameterSource source, int imageSize, int classes);

  /** How many blocks lie one behind the other; a residual network's are those of all its stages. */
  int depth();

  /** The side of the squares that pictures are cut into; 1 where they are not. */
  int patch();

  /**
   * The names of the linear layers that tell the classes apart, as in {@code head.weight}. Where
   * there are several, each reads an equal part of the {@link Backbone#embedding}, in this order,
   * and the logits are the mean of what they say.
   */
  default List<String> headNames() {
    return List.of("head");
  }

  /** The first of {@link #headNames}. */
  default String head() {
    return headNames().getFirst();
  }

  /**
   * Stored weights as a network for pictures of such a size wants them: where some of them are made
   * for one size, they are made for this.
   *
   * @param imageSize pixels
   * @throws WeightsException if they cannot be read
   */
  default Weights resized(Weights stored, int imageSize) throws WeightsException {
    return stored;
  }

  /** The layers whose units can be pruned, in the order of a forward pass. */
  List<UnitLayer> unitLayers();

  /** The name as the command line spells it, such as {@code convmixer-256-8-k5-p2}. */
  String name();

  /** Complains about pictures that cannot be cut into patches. */
  static void requirePatches(String name, int imageSize, int patch) {
    if (imageSize < patch || imageSize % patch != 0) {
      throw new IllegalArgumentException(
          name + ": image size " + imageSize + " is no multiple of the patch size " + patch);
    }
  }
}
