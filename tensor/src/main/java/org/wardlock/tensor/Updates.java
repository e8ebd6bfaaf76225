package org.wardlock.tensor;

import org.wardlock.tensor.spi.AdamSettings;
import org.wardlock.tensor.spi.BinaryOp;
import org.wardlock.tensor.spi.SgdSettings;

/**
 * The few operations that change a tensor in place: for parameters, optimiser state and running
 * statistics. Whoever holds a view sees the change; a tape that saved the old value reports it
 * instead of using the new one. Nothing is recorded.
 */
public final class Updates {
  private Updates() {}

  /** Copies values of the same shape and type into a tensor. */
  public static void assign(Tensor target, Tensor values) {
    if (!target.shape().equals(values.shape()) || target.dtype() != values.dtype()) {
      throw new IllegalArgumentException(
          "assign: "
              + values.shape()
              + " "
              + values.dtype()
              + " does not fit "
              + target.shape()
              + " "
              + target.dtype());
    }
    Pointwise.requireSameDevice("assign", target, values);
    target.backend().copy(values.operand(), target.operand());
    target.storage().changed();
  }

  /** Sets every element. */
  public static void fill(Tensor target, float value) {
    target.backend().fill(target.operand(), value);
    target.storage().changed();
  }

  /** Adds values of the same shape to a contiguous tensor. */
  public static void add(Tensor target, Tensor values) {
    requireFit("add", target, values);
    target.backend().binary(BinaryOp.ADD, target.operand(), values.operand(), target.operand());
    target.storage().changed();
  }

  /** target = scale * target + shift, on a contiguous tensor. */
  public static void affine(Tensor target, float scale, float shift) {
    requireFit("affine", target, target);
    target.backend().affine(target.operand(), scale, shift, target.operand());
    target.storage().changed();
  }

  /**
   * One step of stochastic gradient descent.
   *
   * @param buffer momentum; any tensor of the shape where momentum is 0
   * @param lr a scalar
   */
  public static void sgd(
      SgdSettings settings, Tensor parameter, Tensor gradient, Tensor buffer, Tensor lr) {
    requireFit("sgd", parameter, gradient);
    requireFit("sgd", parameter, buffer);
    parameter
        .backend()
        .sgdStep(settings, parameter.operand(), gradient.operand(), buffer.operand(), lr.operand());
    parameter.storage().changed();
    buffer.storage().changed();
  }

  /**
   * One step of Adam or AdamW.
   *
   * @param first moment
   * @param second moment
   * @param scalars (3): learning rate, 1 - beta1^t, 1 - beta2^t
   */
  public static void adam(
      AdamSettings settings,
      Tensor parameter,
      Tensor gradient,
      Tensor first,
      Tensor second,
      Tensor scalars) {
    requireFit("adam", parameter, gradient);
    requireFit("adam", parameter, first);
    requireFit("adam", parameter, second);
    if (!scalars.shape().equals(Shape.of(3))) {
      throw new IllegalArgumentException(
          "adam: scalars of shape " + scalars.shape() + ", expected [3]");
    }
    parameter
        .backend()
        .adamStep(
            settings,
            parameter.operand(),
            gradient.operand(),
            first.operand(),
            second.operand(),
            scalars.operand());
    parameter.storage().changed();
    first.storage().changed();
    second.storage().changed();
  }

  private static void requireFit(String operation, Tensor target, Tensor values) {
    Pointwise.requireAlike(operation, target, values);
    if (!target.shape().equals(values.shape())) {
      throw new IllegalArgumentException(
          operation + ": shape " + values.shape() + " does not fit " + target.shape());
    }
    if (!target.operand().layout().isContiguous()) {
      throw new IllegalArgumentException(
          operation
              + ": target of shape "
              + target.shape()
              + " is a strided view; only contiguous tensors change in place");
    }
  }
}
