package org.wardlock.nn;

import org.wardlock.tensor.Tensor;

/**
 * Multi-head self-attention (Vaswani et al. 2017) with timm's packed projection, rows q, k, v: (N,
 * tokens, width) to the same.
 */
public final class Attention implements Module {
  private final LinearMap qkv;
  private final LinearMap proj;
  private final int heads;

  /**
   * Attention over tokens of {@code width}.
   *
   * @param qkvBias whether queries, keys and values have a bias
   * @throws IllegalArgumentException if the heads do not divide the width
   */
  public Attention(ParameterSource source, int width, int heads, boolean qkvBias) {
    if (heads < 1 || width % heads != 0) {
      throw new IllegalArgumentException(
          "attention: width " + width + " is no multiple of " + heads + " heads");
    }
    ParameterSource packed = source.child("qkv");
    Linear layer =
        qkvBias ? new Linear(packed, width, 3 * width) : Linear.unbiased(packed, width, 3 * width);
    qkv = LoraLinear.of(packed, LoraTarget.QKV, layer);
    proj = LoraLinear.of(source.child("proj"), LoraTarget.PROJ, width, width);
    this.heads = heads;
  }

  @Override
  public Tensor forward(Tensor x, Pass pass) {
    return attend(qkv.forward(x, pass), pass);
  }

  /** Attention behind a layer norm. */
  Tensor forward(LayerNorm norm, Tensor x, Pass pass) {
    return attend(qkv.forward(norm, x, pass), pass);
  }

  private Tensor attend(Tensor packed, Pass pass) {
    return proj.forward(packed.attention(heads), pass);
  }
}
