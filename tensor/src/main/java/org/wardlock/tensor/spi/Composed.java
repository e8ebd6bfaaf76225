package org.wardlock.tensor.spi;

/** Softmax, cross-entropy and fused multiply-add as formulas over the primitives. */
final class Composed {
  private Composed() {}

  /** Rounds the product and the sum, where a backend's own fma rounds once. */
  static void multiplyAdd(Backend backend, Operand a, Operand b, Operand c, Operand out) {
    backend.binary(BinaryOp.MULTIPLY, a, b, out);
    backend.binary(BinaryOp.ADD, out, c, out);
  }

  static void softmax(Backend backend, Operand x, boolean logarithm, Operand out) {
    int last = x.shape().rank() - 1;
    try (var f = new Composition(backend)) {
      Operand shifted = f.subtract(x, f.max(x, last));
      Operand exponential = f.exp(shifted);
      Operand sum = f.sum(exponential, last);
      f.into(out, logarithm ? f.subtract(shifted, f.log(sum)) : f.divide(exponential, sum));
    }
  }

  static void softmaxBackward(
      Backend backend, Operand y, Operand g, boolean logarithm, Operand out) {
    int last = y.shape().rank() - 1;
    try (var f = new Composition(backend)) {
      if (logarithm) {
        f.into(out, f.subtract(g, f.multiply(f.exp(y), f.sum(g, last))));
      } else {
        Operand inner = f.sum(f.multiply(y, g), last);
        f.into(out, f.multiply(y, f.subtract(g, inner)));
      }
    }
  }

  static void crossEntropy(
      Backend backend, Operand logits, Operand target, Operand loss, Operand gradLogits) {
    try (var f = new Composition(backend)) {
      Operand shifted = f.subtract(logits, f.max(logits, 1));
      Operand logProbability = f.subtract(shifted, f.log(f.sum(f.exp(shifted), 1)));
      f.into(loss, f.unary(UnaryOp.NEGATE, f.sum(f.multiply(target, logProbability), 1)));
      Operand expected = f.multiply(f.exp(logProbability), f.sum(target, 1));
      f.into(gradLogits, f.subtract(expected, target));
    }
  }
}
