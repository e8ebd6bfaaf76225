package org.wardlock.tensor.cpu;

/** Attention without the Vector API. */
public final class ScalarAttention implements AttentionKernel {
  private final AttentionKernel kernel;

  /**
   * Attention with a given exponential.
   *
   * @param exp replaces values by their exponentials
   */
  public ScalarAttention(RowOperation exp) {
    kernel = new BlockedAttention(new ScalarGemmTile(), new ScalarColumnOperations(), exp);
  }

  @Override
  public void forward(
      Extents extents,
      FloatSlice qkv,
      float scale,
      FloatSlice out,
      FloatSlice logSumExp,
      KernelContext context) {
    kernel.forward(extents, qkv, scale, out, logSumExp, context);
  }

  @Override
  public void backward(
      Extents extents,
      FloatSlice qkv,
      float scale,
      FloatSlice out,
      FloatSlice logSumExp,
      FloatSlice g,
      FloatSlice gradQkv,
      KernelContext context) {
    kernel.backward(extents, qkv, scale, out, logSumExp, g, gradQkv, context);
  }
}
