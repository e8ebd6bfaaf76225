package org.wardlock.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.wardlock.tensor.DType;
import org.wardlock.tensor.spi.Backend;
import org.wardlock.tensor.spi.Epilogue;
import org.wardlock.tensor.spi.Operand;

/**
 * That the backend hands to tensor cores what is theirs, and launches it as the driver wants it.
 */
@Tag("stub-driver")
class TensorStubTest {
  private final StubDriver stub = StubDriver.fresh();

  private List<StubDriver.Launch> launches() {
    return IntStream.range(0, stub.launches()).mapToObj(stub::launch).toList();
  }

  private static void multiply(Backend backend, DType dtype, int rows, int inner, int columns) {
    backend.gemm(
        Elements.empty(backend, dtype, 1, rows, inner),
        Elements.empty(backend, dtype, 1, inner, columns),
        Elements.empty(backend, dtype, 1, rows, columns),
        Epilogue.NONE);
  }

  @Test
  void productsOfBf16AreTensorCores() {
    try (Backend backend = new CudaBackendProvider().open(0)) {
      multiply(backend, DType.BF16, 300, 64, 136);
      multiply(backend, DType.BF16, 16, 5000, 16);
      backend.synchronize();
    }
    List<StubDriver.Launch> launches = launches();
    assertEquals(
        List.of("gemmBf16KN", "gemmBf16FloatKN", "sumSlicesBf16"),
        launches.stream().map(StubDriver.Launch::kernel).toList());
    assertEquals(List.of(3 * 2, 2, 1), launches.stream().map(StubDriver.Launch::groups).toList());
    assertEquals(
        List.of(128, 128, 256), launches.stream().map(StubDriver.Launch::groupSize).toList());
  }

  @Test
  void float32IsNotRoundedUnlessAskedFor() {
    try (Backend backend = new CudaBackendProvider().open(0)) {
      multiply(backend, DType.F32, 64, 64, 64);
      backend.synchronize();
    }
    assertEquals(List.of("gemm"), launches().stream().map(StubDriver.Launch::kernel).toList());
  }

  @Test
  void attentionOfBf16IsTensorCores() {
    try (Backend backend = new CudaBackendProvider().open(0)) {
      Operand qkv = Elements.empty(backend, DType.BF16, 2, 197, 3, 6, 64);
      Operand out = Elements.empty(backend, DType.BF16, 2, 197, 6, 64);
      Operand logSumExp = Elements.empty(backend, DType.F32, 2, 6, 197);
      backend.attention(qkv, 0.125f, out, logSumExp);
      backend.attentionBackward(qkv, 0.125f, out, logSumExp, out, qkv);
      backend.synchronize();
    }
    List<StubDriver.Launch> launches = launches();
    assertEquals(
        List.of("attention64Keys208", "attentionBackward64"),
        launches.stream().map(StubDriver.Launch::kernel).toList());
    assertEquals(List.of(12, 12), launches.stream().map(StubDriver.Launch::groups).toList());
  }

  @Test
  void depthwiseOfBf16IsTensorCores() {
    try (Backend backend = new CudaBackendProvider().open(0)) {
      Operand x = Elements.empty(backend, DType.BF16, 40, 3, 32, 32);
      Operand out = Elements.empty(backend, DType.BF16, 40, 3, 32, 32);
      Operand weight = Elements.empty(backend, DType.F32, 3, 1, 7, 7);
      backend.depthwise(x, weight, Optional.of(Elements.empty(backend, DType.F32, 3)), out);
      backend.depthwiseBackwardInput(x, weight, out);
      backend.depthwiseBackwardWeight(x, out, weight);
      backend.synchronize();
    }
    List<StubDriver.Launch> launches = launches();
    assertEquals(
        List.of("depthwise7", "depthwise7", "depthwiseWeight7", "sumSlicesFloat"),
        launches.stream().map(StubDriver.Launch::kernel).toList());
    assertEquals(
        List.of(3 * 3, 3 * 3, 3 * 2, 1), launches.stream().map(StubDriver.Launch::groups).toList());
  }
}
