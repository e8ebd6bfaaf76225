package org.wardlock.tensor.cpu;

/**
 * Matrix products of float32.
 *
 * <p>Every element of the result is, for each block of {@value #INNER_BLOCK} along the inner
 * extent, a chain of fused multiply-adds in ascending order that starts at 0; the first block is
 * stored, or added to c where the finish accumulates, and every later one is added. So its bits
 * depend on the inner extent alone: not on tile, thread, batch position, strides or vector length.
 */
public interface GemmKernel {
  /** Inner extent of a block: with it a panel of either operand stays in the first-level cache. */
  int INNER_BLOCK = 256;

  /** Computes the product; any number of threads may call at once. */
  void multiply(GemmProblem problem, KernelContext context);
}
