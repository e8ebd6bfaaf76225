package org.wardlock.threat.recovery;

import org.wardlock.nn.weights.Weights;
import org.wardlock.nn.weights.WeightsException;
import org.wardlock.tensor.DType;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/**
 * The patch embedding of a ViT or a ConvMixer: how much each value of a patch counts in each of its
 * features.
 *
 * @param features of a patch
 * @param channels of the pictures
 * @param patch side of a patch in pixels
 * @param weights (features, channels, patch, patch)
 */
public record PatchFilters(int features, int channels, int patch, float[] weights) {
  private static final String CONVMIXER = "stem.0.weight";
  private static final String VIT = "patch_embed.proj.weight";

  /** Keeps a copy of the weights. */
  public PatchFilters {
    int expected = features * channels * patch * patch;
    if (weights.length != expected) {
      throw new IllegalArgumentException(
          "patch filters: found %d weights; expected %d".formatted(weights.length, expected));
    }
    weights = weights.clone();
  }

  /**
   * The patch embedding among a model's weights, under timm's names, of any floating-point type.
   *
   * @throws WeightsException if it cannot be read
   * @throws IllegalArgumentException if the model has none
   */
  public static PatchFilters of(Weights weights) throws WeightsException {
    String name = weights.names().contains(VIT) ? VIT : CONVMIXER;
    if (!weights.names().contains(name)) {
      throw new IllegalArgumentException(
          "weights %s: found neither %s nor %s; expected the patch embedding of a ViT or a ConvMixer"
              .formatted(weights.description(), VIT, CONVMIXER));
    }
    Shape shape = weights.shape(name);
    if (shape.rank() != 4 || shape.extent(2) != shape.extent(3)) {
      throw new IllegalArgumentException(
          "weights %s: %s has shape %s; expected (features, channels, patch, patch)"
              .formatted(weights.description(), name, shape));
    }
    try (Scope _ = Scope.open("patch filters")) {
      Tensor values = weights.tensor(name, Device.CPU).cast(DType.F32);
      return new PatchFilters(shape.extent(0), shape.extent(1), shape.extent(2), values.toFloats());
    }
  }

  @Override
  public float[] weights() {
    return weights.clone();
  }

  /** The number of values of a patch. */
  int length() {
    return channels * patch * patch;
  }

  /** How much a value, counted by channel, row and column, counts in a feature. */
  float weight(int feature, int value) {
    return weights[feature * length() + value];
  }

  /** The sizes; the weights are too many. */
  @Override
  public String toString() {
    return "PatchFilters[features=%d, channels=%d, patch=%d]".formatted(features, channels, patch);
  }
}
