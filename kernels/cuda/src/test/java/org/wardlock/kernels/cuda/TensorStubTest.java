package org.wardlock.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.wardlock.tensor.DType;
import org.wardlock.tensor.spi.Backend;
import org.wardlock.tensor.spi.Epilogue;

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
}
