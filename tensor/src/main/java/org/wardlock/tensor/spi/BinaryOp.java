package org.wardlock.tensor.spi;

/** Functions of two floats, element by element. Comparisons give 1 or 0. */
public enum BinaryOp {
  /** a + b. */
  ADD,
  /** a - b. */
  SUBTRACT,
  /** a * b. */
  MULTIPLY,
  /** a / b. */
  DIVIDE,
  /** The smaller; NaN if either is. */
  MINIMUM,
  /** The larger; NaN if either is. */
  MAXIMUM,
  /** 1 where a &lt; b. */
  LESS,
  /** 1 where a &lt;= b. */
  LESS_OR_EQUAL,
  /** 1 where a == b. */
  EQUAL
}
