package org.wardlock.tensor.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wardlock.tensor.spi.Backend;

/**
 * Every operation gives the same bits with either kind of kernel, on any number of threads, from
 * vectors of any length and from either compiler.
 */
class BackendBitsTest {
  /** What a backend does besides computing. */
  private static final Set<String> NO_OPERATIONS =
      Set.of(
          "device",
          "description",
          "allocate",
          "upload",
          "uploadAhead",
          "download",
          "synchronize",
          "workingSet",
          "computesWith",
          "reductionChunk",
          "trim",
          "repeated",
          "close");

  private static final BackendDigest.Result DIGEST = BackendDigest.run(CpuKernels.vector(), 1);
  private static final String EXPECTED = DIGEST.checksums();

  /** A new operation fails here until the digest calls it. */
  @Test
  void everyOperationIsCompared() {
    Set<String> operations =
        Arrays.stream(Backend.class.getMethods())
            .map(Method::getName)
            .filter(name -> !NO_OPERATIONS.contains(name))
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(operations, new TreeSet<>(DIGEST.called()));
    assertEquals(EXPECTED.lines().count(), EXPECTED.lines().distinct().count(), EXPECTED);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 5})
  void threads(int threads) {
    assertEquals(EXPECTED, BackendDigest.run(CpuKernels.vector(), threads).checksums());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void kernelsWithoutTheVectorApi(int threads) {
    CpuKernels scalar = CpuKernels.scalar("a test asks");
    assertEquals(EXPECTED, BackendDigest.run(scalar, threads).checksums());
  }

  /** Some operations end in other kernels than those that their gradients or inputs began with. */
  @ParameterizedTest
  @ValueSource(longs = {50_000_000, 200_000_000})
  void kernelsThatTakeOverOnTheWay(long earlyWork) {
    assertEquals(EXPECTED, BackendDigest.run(CpuKernels.vector(), 2, earlyWork).checksums());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {OtherJvm.LONGEST, OtherJvm.SHORTER, OtherJvm.SHORTEST, OtherJvm.FIRST_COMPILER})
  void otherVectorLengthsAndCompilers(String option) throws IOException, InterruptedException {
    assertEquals(EXPECTED, OtherJvm.checksum(BackendDigest.class, option, "vector"));
  }

  @Test
  void theFirstCompilersScalarKernels() throws IOException, InterruptedException {
    assertEquals(
        EXPECTED, OtherJvm.checksum(BackendDigest.class, OtherJvm.FIRST_COMPILER, "scalar"));
  }
}
