package org.wardlock.tensor;

import java.util.function.Consumer;
import org.wardlock.tensor.spi.AdamSettings;
import org.wardlock.tensor.spi.BinaryOp;
import org.wardlock.tensor.spi.Layout;
import org.wardlock.tensor.spi.Operand;
import org.wardlock.tensor.spi.SgdSettings;

/**
 * The few operations that change a tensor in place: for parameters, optimiser state and running
 * statistics. Whoever holds a view sees the change; a tape that saved the old value reports it
 * instead of using the new one. Values may lie in the memory that changes: they are read as they
 * were before. Nothing is recorded.
 */
public final class Updates {
  private Updates() {}

  /** Copies values of the same shape and type into a tensor, which may not repeat elements. */
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
    requireNoRepetition("assign", target);
    reading(values, source -> target.backend().copy(source, target.operand()), target);
    target.storage().changed();
  }

  /** Sets every element of a tensor, which may not repeat elements. */
  public static void fill(Tensor target, float value) {
    requireNoRepetition("fill", target);
    target.backend().fill(target.operand(), value);
    target.storage().changed();
  }

  /** Adds values of the same shape to a contiguous tensor. */
  public static void add(Tensor target, Tensor values) {
    requireFit("add", target, values);
    requireContiguous("add", target);
    Operand sum = target.operand();
    reading(values, addend -> target.backend().binary(BinaryOp.ADD, sum, addend, sum), target);
    target.storage().changed();
  }

  /** target = scale * target + shift, on a contiguous tensor. */
  public static void affine(Tensor target, float scale, float shift) {
    target.require("affine", DType.F32);
    requireContiguous("affine", target);
    target.backend().affine(target.operand(), scale, shift, target.operand());
    target.storage().changed();
  }

  /**
   * One step of stochastic gradient descent.
   *
   * @param parameter contiguous
   * @param buffer momentum, contiguous and apart from the parameter; where momentum is 0, any
   *     tensor of the shape, which stays as it is
   * @param lr a scalar of rank 0
   */
  public static void sgd(
      SgdSettings settings, Tensor parameter, Tensor gradient, Tensor buffer, Tensor lr) {
    requireFit("sgd", parameter, gradient);
    requireFit("sgd", parameter, buffer);
    requireContiguous("sgd", parameter);
    requireNumbers("sgd: learning rate", parameter, lr, Shape.of());
    boolean changesBuffer = settings.momentum() != 0;
    if (changesBuffer) {
      requireContiguous("sgd", buffer);
      requireApart("sgd", parameter, buffer);
    }
    reading(
        gradient,
        g ->
            parameter
                .backend()
                .sgdStep(settings, parameter.operand(), g, buffer.operand(), lr.operand()),
        parameter,
        buffer);
    parameter.storage().changed();
    if (changesBuffer) {
      buffer.storage().changed();
    }
  }

  /**
   * One step of Adam or AdamW. Parameter and moments are contiguous and apart from each other.
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
    requireContiguous("adam", parameter);
    requireContiguous("adam", first);
    requireContiguous("adam", second);
    requireApart("adam", parameter, first);
    requireApart("adam", parameter, second);
    requireApart("adam", first, second);
    requireNumbers("adam: scalars", parameter, scalars, Shape.of(3));
    reading(
        gradient,
        g ->
            parameter
                .backend()
                .adamStep(
                    settings,
                    parameter.operand(),
                    g,
                    first.operand(),
                    second.operand(),
                    scalars.operand()),
        parameter,
        first,
        second);
    parameter.storage().changed();
    first.storage().changed();
    second.storage().changed();
  }

  /**
   * Runs an update that reads values and changes targets element by element, in any order: with a
   * copy of the values if another element of theirs may lie where one of a target does.
   */
  private static void reading(Tensor values, Consumer<Operand> update, Tensor... targets) {
    Operand source = values.operand();
    for (Tensor target : targets) {
      if (meet(target, values) && !target.operand().layout().equals(source.layout())) {
        try (NoGrad _ = NoGrad.enter();
            Scope _ = Scope.open("update")) {
          update.accept(values.copy().operand());
        }
        return;
      }
    }
    update.accept(source);
  }

  /** Whether the spans of memory from first to last element meet. */
  private static boolean meet(Tensor a, Tensor b) {
    Layout left = a.operand().layout();
    Layout right = b.operand().layout();
    return a.storage() == b.storage() && left.offset() < right.end() && right.offset() < left.end();
  }

  private static void requireApart(String operation, Tensor a, Tensor b) {
    if (meet(a, b)) {
      throw new IllegalArgumentException(
          operation
              + ": two of the tensors of shape "
              + a.shape()
              + " that change overlap in memory; give each its own");
    }
  }

  private static void requireNoRepetition(String operation, Tensor target) {
    Layout layout = target.operand().layout();
    for (int axis = 0; axis < target.shape().rank(); axis++) {
      if (layout.stride(axis) == 0 && target.shape().extent(axis) > 1) {
        throw new IllegalArgumentException(
            operation
                + ": target of shape "
                + target.shape()
                + " repeats its elements along axis "
                + axis
                + "; change the tensor it was expanded from");
      }
    }
  }

  private static void requireNumbers(String what, Tensor parameter, Tensor numbers, Shape shape) {
    numbers.require(what, DType.F32);
    Pointwise.requireSameDevice(what, parameter, numbers);
    if (!numbers.shape().equals(shape)) {
      throw new IllegalArgumentException(
          what + " of shape " + numbers.shape() + ", expected " + shape);
    }
  }

  private static void requireFit(String operation, Tensor target, Tensor values) {
    Pointwise.requireAlike(operation, target, values);
    if (!target.shape().equals(values.shape())) {
      throw new IllegalArgumentException(
          operation + ": shape " + values.shape() + " does not fit " + target.shape());
    }
  }

  private static void requireContiguous(String operation, Tensor target) {
    if (!target.operand().layout().isContiguous()) {
      throw new IllegalArgumentException(
          operation
              + ": target of shape "
              + target.shape()
              + " is a strided view; only contiguous tensors change in place");
    }
  }
}
