package org.wardlock.tensor.spi;

/** How many floats become one. */
public enum ReduceOp {
  /** The sum; 0 of nothing. */
  SUM,
  /** The sum divided by the count; NaN of nothing. */
  MEAN,
  /** The largest, NaN if one is NaN; -infinity of nothing. */
  MAX,
  /** The smallest, NaN if one is NaN; +infinity of nothing. */
  MIN
}
