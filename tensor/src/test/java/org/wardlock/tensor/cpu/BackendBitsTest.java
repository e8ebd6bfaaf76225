package org.wardlock.tensor.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every operation gives the same bits with either kind of kernel, on any number of threads, from
 * vectors of any length and from either compiler.
 */
class BackendBitsTest {
  private static final String EXPECTED = BackendDigest.compute(CpuKernels.vector(), 1);

  @Test
  void everyOperationIsCompared() {
    long operations = EXPECTED.lines().count();
    assertTrue(operations > 120, operations + " operations");
    assertEquals(operations, EXPECTED.lines().distinct().count());
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 5})
  void threads(int threads) {
    assertEquals(EXPECTED, BackendDigest.compute(CpuKernels.vector(), threads));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void kernelsWithoutTheVectorApi(int threads) {
    assertEquals(EXPECTED, BackendDigest.compute(CpuKernels.scalar("a test asks"), threads));
  }

  @ParameterizedTest
  @ValueSource(strings = {"-XX:UseAVX=2", "-XX:MaxVectorSize=16", "-XX:TieredStopAtLevel=1"})
  void otherVectorLengthsAndCompilers(String option) throws IOException, InterruptedException {
    assertEquals(EXPECTED, runWith(option, "vector"));
  }

  @Test
  void theFirstCompilersScalarKernels() throws IOException, InterruptedException {
    assertEquals(EXPECTED, runWith("-XX:TieredStopAtLevel=1", "scalar"));
  }

  private static String runWith(String option, String kernels)
      throws IOException, InterruptedException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx512m", "-XX:+IgnoreUnrecognizedVMOptions", option));
    command.addAll(List.of("--add-modules", "jdk.incubator.vector", "-cp"));
    command.add(
        Path.of("target", "classes")
            + System.getProperty("path.separator")
            + Path.of("target", "test-classes")
            + System.getProperty("path.separator")
            + System.getProperty("java.class.path"));
    command.addAll(List.of(BackendDigest.class.getName(), kernels));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String output = new String(process.getInputStream().readAllBytes());
    assertEquals(0, process.waitFor(), "exit status with " + option);
    return output.strip();
  }
}
