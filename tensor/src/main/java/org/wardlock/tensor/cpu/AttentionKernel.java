package org.wardlock.tensor.cpu;

/**
 * Multi-head self-attention {@code softmax(scale * q k^T) v} from packed projections (B, N, 3,
 * heads, d), all operands contiguous. Scores exist only for a block of rows at a time. The bits
 * depend on N and d alone, not on threads, batch position or vector length.
 */
public interface AttentionKernel {
  /**
   * Extents of an attention.
   *
   * @param tokens N
   * @param headSize d
   */
  record Extents(int batch, int tokens, int heads, int headSize) {
    /** How much work the forward pass is; the backward pass is two to three times that. */
    public long multiplyAdds() {
      return 2L * batch * heads * tokens * tokens * headSize;
    }
  }

  /**
   * Computes {@code out} (B, N, heads, d) and {@code logSumExp} (B, heads, N), the logarithm of the
   * sum of the exponentials of each row of scaled scores.
   */
  void forward(
      Extents extents,
      FloatSlice qkv,
      float scale,
      FloatSlice out,
      FloatSlice logSumExp,
      KernelContext context);

  /**
   * Computes the gradient towards qkv, from what the forward pass gave and the gradient g towards
   * its output.
   */
  void backward(
      Extents extents,
      FloatSlice qkv,
      float scale,
      FloatSlice out,
      FloatSlice logSumExp,
      FloatSlice g,
      FloatSlice gradQkv,
      KernelContext context);
}
