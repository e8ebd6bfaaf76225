package org.wardlock.tensor.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wardlock.tensor.DType;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.DeviceException;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

class CpuKernelsTest {
  /** Prints what is chosen in another JVM, and computes something with it. */
  static final class Choose {
    private Choose() {}

    public static void main(String[] arguments) {
      CpuKernels kernels = CpuKernels.choose();
      Tensor a = Tensor.full(Device.CPU, Shape.of(3, 3), 2);
      float product = a.matmul(a).sum().toFloats()[0];
      System.out.println(kernels.name() + " " + product + " " + kernels.refusal().orElse(""));
    }
  }

  @Test
  void thisJvmUsesTheFastKernels() {
    assertEquals(Optional.empty(), VectorSupport.refusal());
    assertEquals("vector", CpuKernels.choose().name());
    assertTrue(Device.CPU.backend().description().startsWith("CPU, vector kernels"));
  }

  @ParameterizedTest
  @CsvSource({
    "vector, '', '--add-modules jdk.incubator.vector'",
    "scalar, 'module jdk.incubator.vector is missing; start java with --add-modules', ''",
    "scalar, 'C2 is off', '--add-modules jdk.incubator.vector -XX:TieredStopAtLevel=1'",
    "scalar, 'leave out -Xint', '--add-modules jdk.incubator.vector -Xint'",
    "scalar, 'no fused multiply-add', '--add-modules jdk.incubator.vector -XX:-UseFMA'",
    "scalar, 'asks for them', '--add-modules jdk.incubator.vector -Dwardlock.kernels=scalar'"
  })
  void theChoiceFollowsTheJvm(String name, String reason, String options) throws Exception {
    String answer = run(options.isEmpty() ? List.of() : List.of(options.split(" ")));
    assertTrue(answer.startsWith(name + " 108.0 "), answer);
    assertTrue(answer.contains(reason), answer);
  }

  private static String run(List<String> options) throws IOException, InterruptedException {
    var command = new ArrayList<String>();
    command.add(System.getProperty("java.home") + "/bin/java");
    command.addAll(options);
    command.addAll(List.of("-cp", classPath(), Choose.class.getName()));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String answer = new String(process.getInputStream().readAllBytes());
    assertEquals(0, process.waitFor(), answer);
    return answer;
  }

  /** Where the classes of the module and of the tests lie. */
  private static String classPath() {
    return location(CpuKernels.class)
        + System.getProperty("path.separator")
        + "target/test-classes";
  }

  private static String location(Class<?> type) {
    return type.getProtectionDomain().getCodeSource().getLocation().getPath();
  }

  @Test
  void aTensorTooLargeForAnArrayIsRefused() {
    var failure =
        assertThrows(
            DeviceException.class, () -> Device.CPU.backend().allocate(DType.U8, 1L << 31));
    assertEquals(
        "cpu: a tensor of 2147483648 elements is too large: at most 2147483639; use smaller batches",
        failure.getMessage());
  }

  @Test
  void theNumberOfThreadsMustBeOne() {
    String before = System.getProperty(CpuSettings.THREADS_PROPERTY);
    System.setProperty(CpuSettings.THREADS_PROPERTY, "many");
    try {
      var failure = assertThrows(IllegalArgumentException.class, CpuSettings::fromProperties);
      assertEquals(
          "-Dwardlock.threads=many: expected a number from 1 to 9999", failure.getMessage());
    } finally {
      if (before == null) {
        System.clearProperty(CpuSettings.THREADS_PROPERTY);
      } else {
        System.setProperty(CpuSettings.THREADS_PROPERTY, before);
      }
    }
  }
}
