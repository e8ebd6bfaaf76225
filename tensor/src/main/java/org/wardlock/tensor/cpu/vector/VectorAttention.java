package org.wardlock.tensor.cpu.vector;

import org.wardlock.tensor.cpu.AttentionKernel;
import org.wardlock.tensor.cpu.BlockedAttention;
import org.wardlock.tensor.cpu.FloatSlice;
import org.wardlock.tensor.cpu.KernelContext;
import org.wardlock.tensor.cpu.RowOperation;

/** Attention by the Vector API. */
public final class VectorAttention implements AttentionKernel {
  private final AttentionKernel kernel;

  /**
   * Attention with a given exponential.
   *
   * @param exp replaces values by their exponentials
   */
  public VectorAttention(RowOperation exp) {
    kernel = new BlockedAttention(VectorGemm.tile(), new VectorColumnOperations(), exp);
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
