package org.wardlock.tensor.spi;

import java.util.ArrayDeque;
import java.util.Deque;
import org.wardlock.tensor.DType;
import org.wardlock.tensor.Shape;

/**
 * Writes a formula over a backend's primitives: every operation allocates its float32 result
 * (copies are of what they copy), operands broadcast, and closing gives all the results back. What
 * is to stay is copied {@link #into} an operand of the caller's.
 */
final class Composition implements AutoCloseable {
  private final Backend backend;
  private final Deque<Storage> temporaries = new ArrayDeque<>();

  Composition(Backend backend) {
    this.backend = backend;
  }

  Backend backend() {
    return backend;
  }

  @Override
  public void close() {
    temporaries.forEach(Storage::release);
    temporaries.clear();
  }

  // ---- element by element

  Operand add(Operand a, Operand b) {
    return binary(BinaryOp.ADD, a, b);
  }

  Operand subtract(Operand a, Operand b) {
    return binary(BinaryOp.SUBTRACT, a, b);
  }

  Operand multiply(Operand a, Operand b) {
    return binary(BinaryOp.MULTIPLY, a, b);
  }

  Operand divide(Operand a, Operand b) {
    return binary(BinaryOp.DIVIDE, a, b);
  }

  private Operand binary(BinaryOp op, Operand a, Operand b) {
    Operand out = empty(Shape.broadcast(op.name(), a.shape(), b.shape()));
    backend.binary(op, expand(a, out.shape()), expand(b, out.shape()), out);
    return out;
  }

  Operand unary(UnaryOp op, Operand x) {
    Operand out = empty(x.shape());
    backend.unary(op, x, out);
    return out;
  }

  Operand exp(Operand x) {
    return unary(UnaryOp.EXP, x);
  }

  Operand log(Operand x) {
    return unary(UnaryOp.LOG, x);
  }

  Operand sqrt(Operand x) {
    return unary(UnaryOp.SQRT, x);
  }

  Operand square(Operand x) {
    return unary(UnaryOp.SQUARE, x);
  }

  /** {@code scale * x + shift}. */
  Operand affine(Operand x, float scale, float shift) {
    Operand out = empty(x.shape());
    backend.affine(x, scale, shift, out);
    return out;
  }

  /** {@code 1 / sqrt(x + epsilon)}. */
  Operand reciprocalRoot(Operand x, float epsilon) {
    return unary(UnaryOp.RECIPROCAL, sqrt(affine(x, 1, epsilon)));
  }

  // ---- reductions: reduced axes stay with extent 1

  Operand sum(Operand x, int... axes) {
    return reduce(ReduceOp.SUM, x, axes);
  }

  Operand mean(Operand x, int... axes) {
    return reduce(ReduceOp.MEAN, x, axes);
  }

  Operand max(Operand x, int... axes) {
    return reduce(ReduceOp.MAX, x, axes);
  }

  private Operand reduce(ReduceOp op, Operand x, int... axes) {
    Shape shape = x.shape();
    for (int axis : axes) {
      shape = shape.with(axis, 1);
    }
    Operand out = empty(shape);
    backend.reduce(op, x, axes, out);
    return out;
  }

  // ---- products

  /** (batch, rows, inner) times (batch, inner, columns). */
  Operand matmul(Operand a, Operand b) {
    Operand out = empty(Shape.of(a.shape().extent(0), a.shape().extent(1), b.shape().extent(2)));
    backend.gemm(a, b, out, Epilogue.NONE);
    return out;
  }

  // ---- movement

  Operand zeros(Shape shape) {
    return zeros(shape, DType.F32);
  }

  Operand zeros(Shape shape, DType type) {
    Operand out = empty(shape, type);
    backend.fill(out, 0);
    return out;
  }

  /** The same elements in row-major order without gaps; copies them only where they are not. */
  Operand contiguous(Operand x) {
    return x.layout().isContiguous() ? x : copy(x);
  }

  /** The same elements under another shape; copies them only where strides demand it. */
  Operand reshape(Operand x, Shape shape) {
    return x.layout()
        .reshape(shape)
        .map(x::with)
        .orElseGet(() -> copy(x).with(Layout.contiguous(shape)));
  }

  private Operand copy(Operand x) {
    Operand out = empty(x.shape(), x.dtype());
    backend.copy(x, out);
    return out;
  }

  /** Copies a result to where it is to stay; of equal count, in the shape of {@code out}. */
  void into(Operand out, Operand result) {
    backend.copy(reshape(result, out.shape()), out);
  }

  /** {@code sum += summand}, in place; the sum is contiguous. */
  void accumulate(Operand sum, Operand summand) {
    backend.binary(BinaryOp.ADD, sum, expand(summand, sum.shape()), sum);
  }

  static Operand expand(Operand x, Shape shape) {
    return x.with(x.layout().expand(shape));
  }

  static Operand permute(Operand x, int... order) {
    return x.with(x.layout().permute(order));
  }

  static Operand slice(Operand x, int axis, int start, int end) {
    return x.with(x.layout().slice(axis, start, end));
  }

  /** Memory of x's shape for a result. */
  Operand like(Operand x) {
    return empty(x.shape());
  }

  private Operand empty(Shape shape) {
    return empty(shape, DType.F32);
  }

  private Operand empty(Shape shape, DType type) {
    Storage storage = backend.allocate(type, shape.count());
    temporaries.add(storage);
    return new Operand(storage, Layout.contiguous(shape));
  }
}
