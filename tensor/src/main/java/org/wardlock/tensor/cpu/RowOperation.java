package org.wardlock.tensor.cpu;

/**
 * Changes neighbouring values in place, each by itself: the result must not depend on how they are
 * split into runs.
 */
@FunctionalInterface
public interface RowOperation {
  /** Leaves every value as it is. */
  RowOperation IDENTITY = (values, offset, length) -> {};

  /** Replaces {@code values[offset .. offset + length)}. */
  void apply(float[] values, int offset, int length);
}
