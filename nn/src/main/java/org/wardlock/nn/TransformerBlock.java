package org.wardlock.nn;

import java.util.Optional;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Tensor;

/**
 * A pre-norm transformer block (Dosovitskiy et al. 2021): attention, then a multi-layer perceptron
 * of four times the width, each behind a layer norm and beside a shortcut; DeiT-III (Touvron et al.
 * 2022) has a {@link LayerScale} at the end of both branches. (N, tokens, width) to the same.
 */
public final class TransformerBlock implements Module {
  private final LayerNorm norm1;
  private final Attention attn;
  private final Optional<LayerScale> ls1;
  private final LayerNorm norm2;
  private final Mlp mlp;
  private final Optional<LayerScale> ls2;

  /**
   * A block over tokens of {@code width}.
   *
   * @param qkvBias whether queries, keys and values have a bias
   * @param layerScale whether each channel of what a branch adds has a factor of its own
   * @throws IllegalArgumentException if the heads do not divide the width
   */
  public TransformerBlock(
      ParameterSource source, int width, int heads, boolean qkvBias, boolean layerScale) {
    norm1 = new LayerNorm(source.child("norm1"), width);
    attn = new Attention(source.child("attn"), width, heads, qkvBias);
    ls1 = layerScale ? Optional.of(new LayerScale(source.child("ls1"), width)) : Optional.empty();
    norm2 = new LayerNorm(source.child("norm2"), width);
    mlp = new Mlp(source.child("mlp"), width, 4 * width);
    ls2 = layerScale ? Optional.of(new LayerScale(source.child("ls2"), width)) : Optional.empty();
  }

  @Override
  public Tensor forward(Tensor x, Pass pass) {
    try (Scope _ = Scope.open("transformer block")) {
      Tensor attended = x.add(scaled(ls1, attn.forward(norm1, x, pass), pass));
      return attended.add(scaled(ls2, mlp.forward(norm2, attended, pass), pass)).keep();
    }
  }

  private static Tensor scaled(Optional<LayerScale> scale, Tensor branch, Pass pass) {
    return scale.map(each -> each.forward(branch, pass)).orElse(branch);
  }
}
