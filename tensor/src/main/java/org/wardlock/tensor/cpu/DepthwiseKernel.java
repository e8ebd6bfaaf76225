package org.wardlock.tensor.cpu;

import java.util.Optional;

/**
 * Depthwise convolution: one k x k filter a channel, stride 1, zero padding k/2 (k odd), over
 * contiguous (N, C, H, W).
 *
 * <p>Each value is a chain of fused multiply-adds that starts at the bias or at 0 and takes the
 * taps in ascending order of (ky, kx); taps above and below the picture are skipped, those beside
 * it multiply zeros. So the bits depend on the operands alone: not on threads, batch position or
 * vector length.
 */
public interface DepthwiseKernel {
  /**
   * Extents of a convolution.
   *
   * @param kernel side of the filter, odd
   */
  record Extents(int batch, int channels, int height, int width, int kernel) {
    /**
     * Checks the kernel.
     *
     * @throws IllegalArgumentException if it is even or not positive
     */
    public Extents {
      if (kernel < 1 || kernel % 2 == 0) {
        throw new IllegalArgumentException(
            "depthwise: kernel " + kernel + ", must be odd and positive");
      }
    }

    /** Columns or rows of padding on either side. */
    public int padding() {
      return kernel / 2;
    }

    /** Values of one channel of one picture. */
    public int plane() {
      return height * width;
    }

    /** Weights of one filter. */
    public int taps() {
      return kernel * kernel;
    }

    /** How much work the convolution is, in either direction. */
    public long multiplyAdds() {
      return (long) batch * channels * plane() * taps();
    }
  }

  /**
   * {@code out = x * weight + bias}.
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

  /** The gradient towards x: convolution of g with the filters turned by half a turn. */
  void backwardInput(
      Extents extents, FloatSlice g, FloatSlice weight, FloatSlice out, KernelContext context);

  /**
   * The gradient towards the weight, (C, k, k). Column x of the pictures belongs to lane x % 16; a
   * lane is a chain of fused multiply-adds over (picture, x / 16, row of x), rows of g outside the
   * picture being 0; lanes are then added (l, l+8), (l, l+4), (l, l+2), (l, l+1).
   */
  void backwardWeight(
      Extents extents, FloatSlice x, FloatSlice g, FloatSlice out, KernelContext context);

  /** A worker that convolves planes one by one, to be closed after its task. */
  PlaneWorker open(Extents extents, KernelContext context);
}
