package org.wardlock.tensor.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.wardlock.tensor.cpu.vector.VectorGemm;

/** Programs in a JVM of their own: with other vectors, another compiler, other settings. */
final class OtherJvm {
  /**
   * The longest vectors, which some JVMs leave unused, half and a quarter of them, and C1's none.
   */
  static final String LONGEST = "-XX:UseAVX=3";

  static final String SHORTER = "-XX:UseAVX=2";

  static final String SHORTEST = "-XX:MaxVectorSize=16";
  static final String FIRST_COMPILER = "-XX:TieredStopAtLevel=1";

  private OtherJvm() {}

  /** Called by the programs: the lanes first, so that a test sees what it compares. */
  static void print(String checksum) {
    System.out.println(VectorGemm.lanes());
    System.out.println(checksum);
  }

  /**
   * What a program prints with an option; the test aborts if the option cannot make a difference
   * here.
   */
  static String checksum(Class<?> program, String option, String... arguments)
      throws IOException, InterruptedException {
    String[] output = run(program, option, arguments).split("\\R", 2);
    requireOtherVectors(option, Integer.parseInt(output[0]));
    return output[1].strip();
  }

  private static void requireOtherVectors(String option, int lanes) throws IOException {
    switch (option) {
      case LONGEST -> {
        if (!hasLongVectors()) {
          abort("the CPU has no AVX-512");
        }
        assertEquals(16, lanes, "lanes with " + option);
      }
      case SHORTER -> assertEquals(8, lanes, "lanes with " + option);
      case SHORTEST -> assertEquals(4, lanes, "lanes with " + option);
      default -> {
        // the same vectors, or none, from another compiler
      }
    }
  }

  private static boolean hasLongVectors() throws IOException {
    Path cpu = Path.of("/proc/cpuinfo");
    return Files.isReadable(cpu) && Files.readString(cpu).contains(" avx512f ");
  }

  /** What a program prints. */
  static String run(Class<?> program, String option, String... arguments)
      throws IOException, InterruptedException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx512m", "-XX:+IgnoreUnrecognizedVMOptions", option));
    command.addAll(List.of("--add-modules", "jdk.incubator.vector"));
    command.addAll(List.of("-cp", classPath(), program.getName()));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String output = new String(process.getInputStream().readAllBytes());
    assertEquals(0, process.waitFor(), "exit status with " + option);
    return output;
  }

  /** The programs refer to what tests use, jqwik for instance. */
  private static String classPath() {
    return String.join(
        System.getProperty("path.separator"),
        Path.of("target", "classes").toString(),
        Path.of("target", "test-classes").toString(),
        System.getProperty("java.class.path"));
  }
}
