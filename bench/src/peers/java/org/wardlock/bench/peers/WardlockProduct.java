package org.wardlock.bench.peers;

import java.util.function.Supplier;
import org.wardlock.bench.BenchContext;
import org.wardlock.tensor.CpuStatus;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;
import org.wardlock.tensor.cpu.GemmFinish;
import org.wardlock.tensor.cpu.GemmKernel;
import org.wardlock.tensor.cpu.GemmProblem;
import org.wardlock.tensor.cpu.MatrixBatch;
import org.wardlock.tensor.cpu.ScalarGemm;
import org.wardlock.tensor.cpu.vector.VectorGemm;

/** A product by Wardlock. */
final class WardlockProduct {
  private WardlockProduct() {}

  static Engine.Subject of(ProductRow row) {
    return row.pointwise() && row.phase() == Phase.WEIGHT_GRADIENT
        ? new SummedProduct(row)
        : new TensorProduct(row);
  }

  /** As a program would write it. */
  private static final class TensorProduct implements Engine.Subject {
    private final Scope scope = Scope.open("product");
    private final Supplier<Tensor> product;

    TensorProduct(ProductRow row) {
      Tensor weight = Tensor.of(Device.CPU, Shape.of(row.out(), row.in()), row.weight());
      Tensor input = features(row, row.in(), row.input());
      Tensor gradient = features(row, row.out(), row.gradient());
      product =
          switch (row.phase()) {
            case FORWARD ->
                row.pointwise()
                    ? () -> weight.matmul(input)
                    : () -> input.matmul(weight.transpose());
            case INPUT_GRADIENT ->
                row.pointwise()
                    ? () -> weight.transpose().matmul(gradient)
                    : () -> gradient.matmul(weight);
            case WEIGHT_GRADIENT -> () -> gradient.transpose().matmul(input);
          };
    }

    private static Tensor features(ProductRow row, int width, float[] values) {
      Shape shape =
          row.pointwise()
              ? Shape.of(row.batch(), width, row.places())
              : Shape.of(row.batch() * row.places(), width);
      return Tensor.of(Device.CPU, shape, values);
    }

    @Override
    public void run() {
      try (Scope _ = Scope.open("step")) {
        product.get();
      }
    }

    @Override
    public float[] outcome() {
      try (Scope _ = Scope.open("step")) {
        return product.get().toFloats();
      }
    }

    @Override
    public void close() {
      scope.close();
    }
  }

  /** Summed over the pictures, which tensors offer only inside a backward pass. */
  private static final class SummedProduct implements Engine.Subject {
    private final GemmKernel kernel;
    private final GemmProblem problem;
    private final BenchContext context;

    SummedProduct(ProductRow row) {
      CpuStatus status = CpuStatus.current();
      kernel = status.lanes() > 1 ? new VectorGemm() : new ScalarGemm();
      context = new BenchContext(status.threads());
      int places = row.places();
      problem =
          new GemmProblem(
              row.batch(),
              row.out(),
              row.in(),
              places,
              new MatrixBatch(row.gradient(), 0, row.out() * places, places, 1),
              new MatrixBatch(row.input(), 0, row.in() * places, 1, places),
              new MatrixBatch(new float[row.out() * row.in()], 0, 0, row.in(), 1),
              GemmFinish.STORE);
    }

    @Override
    public void run() {
      kernel.multiply(problem, context);
    }

    @Override
    public float[] outcome() {
      run();
      return problem.c().data().clone();
    }

    @Override
    public void close() {
      context.close();
    }
  }
}
