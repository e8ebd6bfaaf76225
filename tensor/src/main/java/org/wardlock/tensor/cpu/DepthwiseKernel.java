package org.wardlock.tensor.cpu;

import java.util.Optional;

/**
 * Depthwise convolution: one k x k filter a channel, stride 1, zero padding k/2 (k odd), over
 * contiguous (N, C, H, W).
 *
 * <p>Taps are added in ascending order of (ky, kx) by fused multiply-adds that start at 0 (or at
 * the bias); taps outside the image are skipped. The bits depend on the extents alone, not on
 * threads or vector length.
 */
public interface DepthwiseKernel {
  /**
   * Extents of a convolution.
   *
   * @param kernel odd
   */
  record Extents(int batch, int channels, int height, int width, int kernel) {}

  /**
   * {@code out = x * weight}.
   *
   * @param weight (C, k, k)
   * @param bias (C)
   */
  void forward(
      Extents extents,
      FloatSlice x,
      FloatSlice weight,
      Optional<FloatSlice> bias,
      FloatSlice out,
      KernelContext context);

  /** The gradient towards x: correlation of g with the filters turned by half a turn. */
  void backwardInput(
      Extents extents, FloatSlice g, FloatSlice weight, FloatSlice out, KernelContext context);

  /**
   * The gradient towards the weight, (C, k, k): for each picture a sum over positions in 16 lanes
   * along the row, then over the batch in order.
   */
  void backwardWeight(
      Extents extents, FloatSlice x, FloatSlice g, FloatSlice out, KernelContext context);
}
