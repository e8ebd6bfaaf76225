package org.wardlock.tensor.cpu;

import org.wardlock.tensor.Activation;
import org.wardlock.tensor.spi.Epilogue;
import org.wardlock.tensor.spi.Layout;
import org.wardlock.tensor.spi.Operand;

/** Hands operands to the matrix product. */
final class MatrixProducts {
  private MatrixProducts() {}

  /** {@link org.wardlock.tensor.spi.Backend#gemm}. */
  static void multiply(
      GemmKernel kernel,
      Operand a,
      Operand b,
      Operand out,
      GemmFinish finish,
      KernelContext context) {
    int batch = Math.max(a.shape().extent(0), b.shape().extent(0));
    MatrixBatch c = matrices(out);
    if (out.shape().extent(0) == 1) {
      c = new MatrixBatch(c.data(), c.offset(), 0, c.rowStride(), c.columnStride());
    }
    kernel.multiply(
        new GemmProblem(
            batch,
            out.shape().extent(1),
            out.shape().extent(2),
            a.shape().extent(2),
            matrices(a),
            matrices(b),
            c,
            finish),
        context);
  }

  /** How much work the product is. */
  static long multiplyAdds(Operand a, Operand b, Operand out) {
    long batch = Math.max(a.shape().extent(0), b.shape().extent(0));
    return batch * out.shape().extent(1) * out.shape().extent(2) * a.shape().extent(2);
  }

  /** What an epilogue means for arrays. */
  static GemmFinish finish(Epilogue epilogue, RowOperation relu, RowOperation gelu) {
    return switch (epilogue) {
      case Epilogue.Store() -> GemmFinish.STORE;
      case Epilogue.Accumulate() -> GemmFinish.ACCUMULATE;
      case Epilogue.Bias(Operand bias, Epilogue.Along along, Activation activation) ->
          new GemmFinish.Bias(
              Dense.slice(bias),
              along,
              switch (activation) {
                case IDENTITY -> RowOperation.IDENTITY;
                case RELU -> relu;
                case GELU -> gelu;
              });
    };
  }

  private static MatrixBatch matrices(Operand operand) {
    Layout layout = operand.layout();
    return new MatrixBatch(
        Dense.floats(operand),
        Dense.offset(operand),
        Math.toIntExact(layout.stride(0)),
        Math.toIntExact(layout.stride(1)),
        Math.toIntExact(layout.stride(2)),
        ((CpuStorage) operand.storage()).panels());
  }
}
