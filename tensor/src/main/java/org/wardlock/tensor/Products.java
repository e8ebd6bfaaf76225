package org.wardlock.tensor;

import java.util.Arrays;
import java.util.Optional;
import org.wardlock.tensor.spi.Epilogue;
import org.wardlock.tensor.spi.Epilogue.Along;
import org.wardlock.tensor.spi.Operand;

/** Matrix products: everything becomes one batched product of three-dimensional views. */
final class Products {
  private Products() {}

  /** Whether and how a bias is added to a product. */
  enum Bias {
    NONE,
    ROWS,
    COLUMNS
  }

  static Tensor matmul(Tensor a, Tensor b) {
    int rankA = a.shape().rank();
    int rankB = b.shape().rank();
    if (rankA < 2 || rankB < 2) {
      throw new IllegalArgumentException(
          "matmul: shapes " + a.shape() + " and " + b.shape() + " need two axes or more");
    }
    requireInner("matmul", a.shape(), b.shape(), a.shape().extent(-1), b.shape().extent(-2));
    int rows = a.shape().extent(-2);
    int columns = b.shape().extent(-1);
    if (rankB == 2 && rankA > 2 && a.operand().layout().isContiguous()) {
      int inner = a.shape().extent(-1);
      Tensor product =
          batched(
              a.reshape(1, rowCount(a.shape()), inner),
              b.reshape(1, inner, columns),
              Bias.NONE,
              Optional.empty());
      return product.reshape(a.shape().with(-1, columns).toArray());
    }
    Shape batch = Shape.broadcast("matmul", leading(a.shape()), leading(b.shape()));
    Tensor product = batched(flatten(a, batch), flatten(b, batch), Bias.NONE, Optional.empty());
    return product.reshape(append(batch, rows, columns));
  }

  /**
   * (P or 1, M, K) times (P or 1, K, N), with a bias of M (rows) or N (columns).
   *
   * @return (P, M, N)
   */
  static Tensor batched(Tensor a, Tensor b, Bias along, Optional<Tensor> bias) {
    Pointwise.requireAlike("matmul", a, b);
    int batch = commonBatch(a, b);
    int rows = a.shape().extent(1);
    int columns = b.shape().extent(2);
    bias.ifPresent(
        t -> {
          Pointwise.requireParameter("matmul bias", a, t);
          int expected = along == Bias.ROWS ? rows : columns;
          if (t.shape().rank() != 1 || t.shape().extent(0) != expected) {
            throw new IllegalArgumentException(
                "bias of shape " + t.shape() + " does not fit: expected [" + expected + "]");
          }
        });
    Tensor out = Tensor.empty(a.backend(), a.dtype(), Shape.of(batch, rows, columns));
    Epilogue epilogue =
        bias.<Epilogue>map(
                t ->
                    new Epilogue.Bias(
                        t.contiguous().operand(),
                        along == Bias.ROWS ? Along.ROWS : Along.COLUMNS,
                        Activation.IDENTITY))
            .orElse(Epilogue.NONE);
    a.backend().gemm(repeat(a, batch), repeat(b, batch), out.operand(), epilogue);
    boolean biasRecorded = bias.filter(Tensor::isRecorded).isPresent();
    if (!Pointwise.anyRecorded(a, b) && !biasRecorded) {
      return out;
    }
    var op = new Op.MatMul(Saved.when(b.isRecorded(), a), Saved.when(a.isRecorded(), b), along);
    return bias.isPresent() ? out.attach(op, a, b, bias.get()) : out.attach(op, a, b);
  }

  /**
   * The product summed over the batch where {@code shape} has batch extent 1: a shared operand's
   * gradient.
   *
   * @param type of the result
   */
  static Tensor product(Tensor a, Tensor b, Shape shape, DType type) {
    int batch = commonBatch(a, b);
    Tensor out = Tensor.empty(a.backend(), type, shape);
    if (batch == 0 || a.shape().extent(2) == 0) {
      a.backend().fill(out.operand(), 0);
    } else {
      a.backend().gemm(repeat(a, batch), repeat(b, batch), out.operand(), Epilogue.NONE);
    }
    return out;
  }

  /** What (P or 1) and (P or 1) broadcast to; P may be 0. */
  private static int commonBatch(Tensor a, Tensor b) {
    int left = a.shape().extent(0);
    return left == 1 ? b.shape().extent(0) : left;
  }

  private static Operand repeat(Tensor x, int batch) {
    Operand operand = x.operand();
    return operand.with(operand.layout().expand(x.shape().with(0, batch)));
  }

  /**
   * Leading axes broadcast to {@code batch} and merged into one; extent 1 stays 1 so that the
   * operand is packed once.
   */
  private static Tensor flatten(Tensor x, Shape batch) {
    int rows = x.shape().extent(-2);
    int columns = x.shape().extent(-1);
    if (leading(x.shape()).count() == 1) {
      return x.reshape(1, rows, columns);
    }
    Shape full = Shape.of(append(batch, rows, columns));
    return x.expand(full).reshape(Math.toIntExact(batch.count()), rows, columns);
  }

  /** The extents but the last as one; a reshape to -1 could not tell where the last is 0. */
  static int rowCount(Shape shape) {
    return Math.toIntExact(shape.without(-1).count());
  }

  private static Shape leading(Shape shape) {
    return Shape.of(Arrays.copyOf(shape.toArray(), shape.rank() - 2));
  }

  private static int[] append(Shape batch, int rows, int columns) {
    int[] extents = Arrays.copyOf(batch.toArray(), batch.rank() + 2);
    extents[batch.rank()] = rows;
    extents[batch.rank() + 1] = columns;
    return extents;
  }

  static void requireInner(String operation, Shape a, Shape b, int left, int right) {
    if (left != right) {
      throw new IllegalArgumentException(
          operation
              + ": shapes "
              + a
              + " and "
              + b
              + " do not fit: inner extents "
              + left
              + " != "
              + right);
    }
  }
}
