package org.wardlock.tensor.spi;

import org.wardlock.tensor.Activation;

/** What happens to each element of a matrix product before it is stored. */
public sealed interface Epilogue {
  /** Nothing: out = product. */
  Epilogue NONE = new Store();

  /** out = product. */
  record Store() implements Epilogue {}

  /** out = out + product. */
  record Accumulate() implements Epilogue {}

  /**
   * out = activation(product + bias).
   *
   * @param bias one value a row or a column, contiguous
   * @param along which
   * @param activation applied last
   */
  record Bias(Operand bias, Along along, Activation activation) implements Epilogue {}

  /** Whether a bias has a value for each row or for each column of the product. */
  enum Along {
    /** Entry i is added to row i. */
    ROWS,
    /** Entry j is added to column j. */
    COLUMNS
  }
}
