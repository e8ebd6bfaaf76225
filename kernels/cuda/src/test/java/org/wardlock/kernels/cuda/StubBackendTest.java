package org.wardlock.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.wardlock.tensor.Activation;
import org.wardlock.tensor.DType;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.spi.AdamSettings;
import org.wardlock.tensor.spi.Backend;
import org.wardlock.tensor.spi.BinaryOp;
import org.wardlock.tensor.spi.Distribution;
import org.wardlock.tensor.spi.Epilogue;
import org.wardlock.tensor.spi.Layout;
import org.wardlock.tensor.spi.Operand;
import org.wardlock.tensor.spi.ReduceOp;
import org.wardlock.tensor.spi.SgdSettings;
import org.wardlock.tensor.spi.UnaryOp;

/** What the shared backend launches fits the kernels as they were compiled: each is launched. */
@Tag("stub-driver")
class StubBackendTest {
  private final StubDriver stub = StubDriver.fresh();

  @Test
  void everyKernelTakesTheArgumentsThatItIsGiven() {
    try (Backend backend = new CudaBackendProvider().open(0)) {
      move(backend);
      pointwise(backend);
      rows(backend);
      products(backend);
      norms(backend);
      updates(backend);
      backend.synchronize();
    }
    var launched = new TreeSet<String>();
    for (int i = 0; i < stub.launches(); i++) {
      launched.add(stub.launch(i).kernel());
    }
    var compiled = new TreeSet<String>();
    KernelBinaries.load()
        .manifest()
        .families()
        .values()
        .forEach(family -> compiled.addAll(family.kernels().keySet()));
    assertEquals(compiled, launched);
  }

  private static Operand operand(Backend backend, DType dtype, int... extents) {
    Shape shape = Shape.of(extents);
    return new Operand(backend.allocate(dtype, shape.count()), Layout.contiguous(shape));
  }

  private static Operand floats(Backend backend, int... extents) {
    return operand(backend, DType.F32, extents);
  }

  private static void move(Backend backend) {
    Operand index = operand(backend, DType.I32, 3);
    for (DType dtype : List.of(DType.U8, DType.BF16, DType.F32, DType.I64)) {
      Operand x = operand(backend, dtype, 3, 2);
      backend.fill(x, 1);
      backend.copy(x, operand(backend, dtype, 3, 2));
      backend.gather(x, 0, index, operand(backend, dtype, 3, 2));
    }
    backend.scatterAdd(floats(backend, 3, 2), 0, index, floats(backend, 4, 2));
    backend.cast(floats(backend, 5), operand(backend, DType.BF16, 5));
  }

  private static void pointwise(Backend backend) {
    Operand x = floats(backend, 2, 3);
    Operand out = floats(backend, 2, 3);
    backend.unary(UnaryOp.GELU, x, out);
    backend.unaryGradient(UnaryOp.GELU, x, x, out);
    backend.affine(x, 2, 1, out);
    backend.clamp(x, 0, 1, out);
    backend.binary(BinaryOp.ADD, x, x, out);
    backend.multiplyAdd(x, x, x, out);
    backend.where(x, x, x, out);
  }

  private static void rows(Backend backend) {
    Operand x = floats(backend, 2, 3);
    backend.reduce(ReduceOp.SUM, x, new int[] {1}, floats(backend, 2));
    backend.softmax(x, true, floats(backend, 2, 3));
    backend.softmaxBackward(x, x, false, floats(backend, 2, 3));
    backend.crossEntropy(x, x, floats(backend, 2), floats(backend, 2, 3));
    backend.topK(x, 2, floats(backend, 2, 2), operand(backend, DType.I32, 2, 2));
  }

  private static void products(Backend backend) {
    backend.gemm(
        floats(backend, 1, 2, 3),
        floats(backend, 1, 3, 4),
        floats(backend, 1, 2, 4),
        Epilogue.NONE);
    Operand packed = floats(backend, 1, 2, 3, 1, 4);
    Operand mixture = floats(backend, 1, 2, 1, 4);
    Operand sums = floats(backend, 1, 1, 2);
    backend.attention(packed, 1, mixture, sums);
    backend.attentionBackward(packed, 1, mixture, sums, mixture, floats(backend, 1, 2, 3, 1, 4));
    Operand image = floats(backend, 1, 2, 4, 4);
    Operand weight = floats(backend, 2, 3, 3);
    backend.depthwise(image, weight, Optional.empty(), floats(backend, 1, 2, 4, 4));
    backend.depthwiseBackwardWeight(image, image, floats(backend, 2, 3, 3));
    backend.random(
        Distribution.NORMAL, 1, 2, operand(backend, DType.I64, 1), floats(backend, 1, 8));
  }

  private static void norms(Backend backend) {
    Operand x = floats(backend, 2, 3);
    Operand out = floats(backend, 2, 3);
    Operand row = floats(backend, 2);
    Operand column = floats(backend, 3);
    Optional<Operand> gradX = Optional.of(floats(backend, 2, 3));
    Optional<Operand> gradWeight = Optional.of(floats(backend, 3));
    Optional<Operand> gradBias = Optional.of(floats(backend, 3));
    backend.layerNorm(x, column, column, 1e-5f, out, row, row);
    backend.layerNormBackward(x, column, row, row, x, gradX, gradWeight, gradBias);
    backend.batchNorm(x, column, column, 1e-5f, out, column, column);
    backend.batchNormBackward(x, column, column, column, 1e-5f, x, gradX, gradWeight, gradBias);
    backend.channelAffine(Activation.GELU, x, column, column, Optional.of(x), out);
    backend.channelAffineBackward(Activation.GELU, x, column, x, out);
  }

  private static void updates(Backend backend) {
    Operand p = floats(backend, 5);
    Operand g = floats(backend, 5);
    Operand state = floats(backend, 5);
    backend.sgdStep(new SgdSettings(0.9f, 0, false), p, g, state, floats(backend));
    backend.adamStep(
        new AdamSettings(0.9f, 0.999f, 1e-8f, 0, true),
        p,
        g,
        state,
        floats(backend, 5),
        floats(backend, 3));
  }
}
