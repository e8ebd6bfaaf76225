package org.wardlock.tensor;

import java.util.Optional;
import org.wardlock.tensor.spi.Operand;
import org.wardlock.tensor.spi.Storage;

/**
 * What the tape keeps of a tensor for a gradient rule: a share of its storage, or only the
 * knowledge that the rule will not read it. The share is given up when the backward pass has gone
 * by.
 */
final class Saved {
  private static final Saved NOTHING = new Saved(null, 0);

  private Operand operand;
  private final int version;

  private Saved(Operand operand, int version) {
    this.operand = operand;
    this.version = version;
  }

  /** Keeps the tensor if {@code needed}. */
  static Saved when(boolean needed, Tensor tensor) {
    return needed ? of(tensor.operand()) : NOTHING;
  }

  static Saved of(Operand operand) {
    operand.storage().retain();
    return new Saved(operand, operand.storage().version());
  }

  /** The tensor as it was saved, in the current scope. */
  Tensor get() {
    if (operand == null) {
      throw new IllegalStateException(
          "a gradient rule reads a tensor that was not saved for it, or reads it twice");
    }
    Storage storage = operand.storage();
    if (storage.version() != version) {
      throw new IllegalStateException(
          "a tensor of shape "
              + operand.shape()
              + " that a gradient needs was changed in place since it was saved");
    }
    return Tensor.view(operand);
  }

  Optional<Storage> storage() {
    return Optional.ofNullable(operand).map(Operand::storage);
  }

  void release() {
    if (operand != null) {
      operand.storage().release();
      operand = null;
    }
  }
}
