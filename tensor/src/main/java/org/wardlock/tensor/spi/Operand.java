package org.wardlock.tensor.spi;

import org.wardlock.tensor.DType;
import org.wardlock.tensor.Shape;

/**
 * What a backend's operation reads or writes: elements of a storage, seen through a layout.
 *
 * @param storage memory of the backend the operand is given to
 * @param layout which elements, in which order
 */
public record Operand(Storage storage, Layout layout) {
  /** The extents of the view. */
  public Shape shape() {
    return layout.shape();
  }

  /** The element type. */
  public DType dtype() {
    return storage.dtype();
  }

  /** The same storage under another layout. */
  public Operand with(Layout other) {
    return new Operand(storage, other);
  }
}
