package org.wardlock.tensor;

import org.wardlock.tensor.spi.Layout;
import org.wardlock.tensor.spi.Operand;

/**
 * A tensor's values rounded to a narrower type and kept, so that they are not rounded each time
 * they are read: the weights of training in mixed precision, which many views of one buffer hold.
 * Whoever changes the values refreshes the copy; until then it is not used.
 */
public final class RoundedCopy {
  private final Tensor source;
  private final Tensor rounded;

  /** How often the source had been changed when it was rounded last. */
  private int version;

  /**
   * A copy of the present values.
   *
   * @param source contiguous from the begin of its storage
   * @param type what to round to
   */
  public RoundedCopy(Tensor source, DType type) {
    Layout layout = source.operand().layout();
    if (!layout.isContiguous() || layout.offset() != 0) {
      throw new IllegalArgumentException(
          "rounded copy: source of shape "
              + source.shape()
              + " is a view, expected the tensor that it was taken from");
    }
    this.source = source;
    try (Scope _ = Scope.open("rounded copy")) {
      rounded = Tensor.empty(source.backend(), type, source.shape()).unscoped();
    }
    refresh();
  }

  /** Rounds the source's present values. */
  public void refresh() {
    source.backend().cast(source.operand(), rounded.operand());
    rounded.storage().changed();
    version = source.storage().version();
  }

  /**
   * A view of the source, rounded: from this copy if it has the present values and is of that type,
   * else by {@link Tensor#cast}. The bits are the same, and gradients flow to the view.
   *
   * @param part of the source
   */
  public Tensor of(Tensor part, DType type) {
    if (part.storage() != source.storage()) {
      throw new IllegalArgumentException(
          "rounded copy: a tensor of shape " + part.shape() + " is no view of the source");
    }
    if (type != rounded.dtype() || source.storage().version() != version) {
      return part.cast(type);
    }
    Tensor out = Tensor.view(new Operand(rounded.storage(), part.operand().layout()));
    return part.isRecorded() ? out.attach(new Op.Cast(), part) : out;
  }

  /** Gives the memory back. */
  public void release() {
    rounded.release();
  }
}
