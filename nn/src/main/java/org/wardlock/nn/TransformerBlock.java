package org.wardlock.nn;

import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Tensor;

/**
 * A pre-norm transformer block (Dosovitskiy et al. 2021): attention, then a multi-layer perceptron
 * of four times the width, each behind a layer norm and beside a shortcut. (N, tokens, width) to
 * the same.
 */
public final class TransformerBlock implements Module {
  private final LayerNorm norm1;
  private final Attention attn;
  private final LayerNorm norm2;
  private final Mlp mlp;

  /** A block over tokens of {@code width}. */
  public TransformerBlock(ParameterSource source, int width, int heads) {
    norm1 = new LayerNorm(source.child("norm1"), width);
    attn = new Attention(source.child("attn"), width, heads);
    norm2 = new LayerNorm(source.child("norm2"), width);
    mlp = new Mlp(source.child("mlp"), width, 4 * width);
  }

  @Override
  public Tensor forward(Tensor x, Pass pass) {
    try (Scope _ = Scope.open("transformer block")) {
      Tensor attended = x.add(attn.forward(norm1, x, pass));
      return attended.add(mlp.forward(norm2, attended, pass)).keep();
    }
  }
}
