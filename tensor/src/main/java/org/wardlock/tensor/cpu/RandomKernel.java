package org.wardlock.tensor.cpu;

import org.wardlock.tensor.spi.Distribution;

/**
 * Neighbouring random numbers of one stream, as {@link org.wardlock.tensor.spi.Backend#random}
 * defines them. Of a pair of normal numbers, the one at the even position has the cosine.
 */
public interface RandomKernel {
  /**
   * Writes the numbers at positions {@code position .. position + length}.
   *
   * @param position of the first number in the stream, below 2^34
   */
  void fill(
      Distribution distribution,
      long seed,
      int purpose,
      long stream,
      long position,
      float[] out,
      int outOffset,
      int length);
}
