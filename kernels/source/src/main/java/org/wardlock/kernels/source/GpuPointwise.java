package org.wardlock.kernels.source;

import org.wardlock.tensor.spi.BinaryOp;
import org.wardlock.tensor.spi.Operand;
import org.wardlock.tensor.spi.UnaryOp;

/** Functions of each element. */
final class GpuPointwise {
  private static final String FAMILY = "pointwise";

  private final KernelLibrary kernels;

  GpuPointwise(KernelLibrary kernels) {
    this.kernels = kernels;
  }

  void unary(UnaryOp op, Operand x, Operand out) {
    Walk walk = Walk.of(x, out);
    var arguments =
        new KernelArguments()
            .words(walk.extents())
            .number(op.ordinal())
            .view(x, walk.view(0))
            .view(out, walk.view(1));
    kernels.each(KernelSource.family(FAMILY, x), "unary", walk.count(), arguments);
  }

  void unaryGradient(UnaryOp op, Operand saved, Operand g, Operand out) {
    Walk walk = Walk.of(saved, g, out);
    var arguments =
        new KernelArguments()
            .words(walk.extents())
            .number(op.ordinal())
            .view(saved, walk.view(0))
            .view(g, walk.view(1))
            .view(out, walk.view(2));
    kernels.each(KernelSource.family(FAMILY, g), "unaryGradient", walk.count(), arguments);
  }

  void affine(Operand x, float scale, float shift, Operand out) {
    withTwoNumbers("affine", scale, shift, x, out);
  }

  void clamp(Operand x, float low, float high, Operand out) {
    withTwoNumbers("clampBetween", low, high, x, out);
  }

  private void withTwoNumbers(String kernel, float first, float second, Operand x, Operand out) {
    Walk walk = Walk.of(x, out);
    var arguments =
        new KernelArguments()
            .words(walk.extents())
            .number(first)
            .number(second)
            .view(x, walk.view(0))
            .view(out, walk.view(1));
    kernels.each(KernelSource.family(FAMILY, out), kernel, walk.count(), arguments);
  }

  void binary(BinaryOp op, Operand a, Operand b, Operand out) {
    Walk walk = Walk.of(a, b, out);
    var arguments =
        new KernelArguments()
            .words(walk.extents())
            .number(op.ordinal())
            .view(a, walk.view(0))
            .view(b, walk.view(1))
            .view(out, walk.view(2));
    kernels.each(KernelSource.family(FAMILY, a), "binary", walk.count(), arguments);
  }

  void multiplyAdd(Operand a, Operand b, Operand c, Operand out) {
    ofThree("multiplyAdd", a, b, c, out);
  }

  void where(Operand condition, Operand a, Operand b, Operand out) {
    ofThree("where", condition, a, b, out);
  }

  private void ofThree(String kernel, Operand a, Operand b, Operand c, Operand out) {
    Walk walk = Walk.of(a, b, c, out);
    var arguments =
        new KernelArguments()
            .words(walk.extents())
            .view(a, walk.view(0))
            .view(b, walk.view(1))
            .view(c, walk.view(2))
            .view(out, walk.view(3));
    kernels.each(KernelSource.family(FAMILY, out), kernel, walk.count(), arguments);
  }
}
