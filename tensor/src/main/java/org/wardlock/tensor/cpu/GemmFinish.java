package org.wardlock.tensor.cpu;

import org.wardlock.tensor.spi.Epilogue;

/** What happens to a matrix product before it is stored: {@link Epilogue} over arrays. */
public sealed interface GemmFinish {
  /** {@code c = product}. */
  GemmFinish STORE = new Store();

  /** {@code c = c + product}. */
  GemmFinish ACCUMULATE = new Accumulate();

  /** {@code c = product}. */
  record Store() implements GemmFinish {}

  /** {@code c = c + product}; every block of the inner extent is added to c in turn. */
  record Accumulate() implements GemmFinish {}

  /**
   * {@code c = activation(product + bias)}.
   *
   * @param bias one value a row or a column
   * @param along which
   * @param activation applied last, in place, to runs of each row
   */
  record Bias(FloatSlice bias, Epilogue.Along along, RowOperation activation)
      implements GemmFinish {}
}
