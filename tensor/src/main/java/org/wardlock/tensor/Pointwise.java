package org.wardlock.tensor;

import java.util.Locale;
import org.wardlock.tensor.spi.BinaryOp;
import org.wardlock.tensor.spi.Operand;
import org.wardlock.tensor.spi.UnaryOp;
import org.wardlock.tensor.spi.UnaryOp.Reads;

/** Operations on each element: checks, the backend's call, the record for the tape. */
final class Pointwise {
  private Pointwise() {}

  static Tensor unary(UnaryOp op, Tensor x) {
    x.requireReal(op.name().toLowerCase(Locale.ROOT));
    Tensor out = Tensor.empty(x.backend(), x.dtype(), x.shape());
    x.backend().unary(op, x.operand(), out.operand());
    if (!x.isRecorded()) {
      return out;
    }
    Saved saved =
        Saved.when(
            op.gradientReads() != Reads.NOTHING, op.gradientReads() == Reads.OUTPUT ? out : x);
    return out.attach(new Op.Unary(op, saved), x);
  }

  static Tensor affine(Tensor x, float scale, float shift) {
    x.requireReal("affine");
    Tensor out = Tensor.empty(x.backend(), x.dtype(), x.shape());
    x.backend().affine(x.operand(), scale, shift, out.operand());
    return x.isRecorded() ? out.attach(new Op.Affine(scale), x) : out;
  }

  static Tensor clamp(Tensor x, float low, float high) {
    x.require("clamp", DType.F32);
    if (!(low <= high)) {
      throw new IllegalArgumentException("clamp: low " + low + " is not at most high " + high);
    }
    Tensor out = Tensor.empty(x.backend(), DType.F32, x.shape());
    x.backend().clamp(x.operand(), low, high, out.operand());
    return x.isRecorded() ? out.attach(new Op.Clamp(low, high, Saved.of(x.operand())), x) : out;
  }

  static Tensor add(Tensor a, Tensor b) {
    Tensor out = binary("add", BinaryOp.ADD, a, b);
    return anyRecorded(a, b) ? out.attach(new Op.Add(), a, b) : out;
  }

  static Tensor subtract(Tensor a, Tensor b) {
    Tensor out = binary("subtract", BinaryOp.SUBTRACT, a, b);
    return anyRecorded(a, b) ? out.attach(new Op.Subtract(), a, b) : out;
  }

  static Tensor multiply(Tensor a, Tensor b) {
    Tensor out = binary("multiply", BinaryOp.MULTIPLY, a, b);
    if (!anyRecorded(a, b)) {
      return out;
    }
    return out.attach(
        new Op.Multiply(Saved.when(b.isRecorded(), a), Saved.when(a.isRecorded(), b)), a, b);
  }

  static Tensor divide(Tensor a, Tensor b) {
    Tensor out = binary("divide", BinaryOp.DIVIDE, a, b);
    if (!anyRecorded(a, b)) {
      return out;
    }
    return out.attach(new Op.Divide(Saved.of(b.operand()), Saved.when(b.isRecorded(), out)), a, b);
  }

  static Tensor extremum(Tensor a, Tensor b, boolean larger) {
    String name = larger ? "maximum" : "minimum";
    a.require(name, DType.F32);
    Tensor out = binary(name, larger ? BinaryOp.MAXIMUM : BinaryOp.MINIMUM, a, b);
    if (!anyRecorded(a, b)) {
      return out;
    }
    return out.attach(new Op.Extremum(larger, Saved.of(a.operand()), Saved.of(b.operand())), a, b);
  }

  static Tensor compare(BinaryOp op, Tensor a, Tensor b) {
    a.require("compare", DType.F32);
    return binary("compare", op, a, b);
  }

  static Tensor multiplyAdd(Tensor a, Tensor b, Tensor c) {
    requireAlike("multiplyAdd", a, b);
    requireAlike("multiplyAdd", a, c);
    Shape shape =
        Shape.broadcast(
            "multiplyAdd", Shape.broadcast("multiplyAdd", a.shape(), b.shape()), c.shape());
    Tensor out = Tensor.empty(a.backend(), a.dtype(), shape);
    a.backend()
        .multiplyAdd(expanded(a, shape), expanded(b, shape), expanded(c, shape), out.operand());
    if (!anyRecorded(a, b, c)) {
      return out;
    }
    return out.attach(
        new Op.MultiplyAdd(Saved.when(b.isRecorded(), a), Saved.when(a.isRecorded(), b)), a, b, c);
  }

  static Tensor where(Tensor condition, Tensor a, Tensor b) {
    condition.require("where", DType.F32);
    requireAlike("where", condition, a);
    requireAlike("where", condition, b);
    Shape shape =
        Shape.broadcast("where", Shape.broadcast("where", condition.shape(), a.shape()), b.shape());
    Tensor out = Tensor.empty(a.backend(), DType.F32, shape);
    a.backend()
        .where(expanded(condition, shape), expanded(a, shape), expanded(b, shape), out.operand());
    return anyRecorded(a, b) ? out.attach(new Op.Where(Saved.of(condition.operand())), a, b) : out;
  }

  private static Tensor binary(String name, BinaryOp op, Tensor a, Tensor b) {
    requireAlike(name, a, b);
    Shape shape = Shape.broadcast(name, a.shape(), b.shape());
    Tensor out = Tensor.empty(a.backend(), a.dtype(), shape);
    a.backend().binary(op, expanded(a, shape), expanded(b, shape), out.operand());
    return out;
  }

  static Operand expanded(Tensor x, Shape shape) {
    Operand operand = x.operand();
    return operand.with(operand.layout().expand(shape));
  }

  static boolean anyRecorded(Tensor... inputs) {
    for (Tensor input : inputs) {
      if (input.isRecorded()) {
        return true;
      }
    }
    return false;
  }

  /** Of one type and one device: nothing is promoted or moved behind the caller's back. */
  static void requireAlike(String operation, Tensor a, Tensor b) {
    a.requireReal(operation);
    b.require(operation, a.dtype());
    requireSameDevice(operation, a, b);
  }

  /** A parameter or a statistic: float32, whatever x is. */
  static void requireParameter(String operation, Tensor x, Tensor parameter) {
    x.requireReal(operation);
    parameter.require(operation, DType.F32);
    requireSameDevice(operation, x, parameter);
  }

  static void requireSameDevice(String operation, Tensor a, Tensor b) {
    if (a.backend() != b.backend()) {
      throw new IllegalArgumentException(
          operation
              + ": tensors on "
              + a.device()
              + " and "
              + b.device()
              + "; move one with to(device)");
    }
  }
}
