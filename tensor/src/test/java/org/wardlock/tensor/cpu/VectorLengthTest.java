package org.wardlock.tensor.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same bits from vectors of any length and from either compiler: each in a JVM of its own. */
class VectorLengthTest {
  @ParameterizedTest
  @ValueSource(strings = {"-XX:UseAVX=2", "-XX:MaxVectorSize=16", "-XX:TieredStopAtLevel=1"})
  void givesTheSameBits(String option) throws IOException, InterruptedException {
    assertEquals(Long.toString(KernelDigest.compute()), runWith(option));
  }

  private static String runWith(String option) throws IOException, InterruptedException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx256m", "-XX:+IgnoreUnrecognizedVMOptions", option));
    command.addAll(List.of("--add-modules", "jdk.incubator.vector"));
    command.addAll(List.of("-cp", classPath(), KernelDigest.class.getName()));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String output = new String(process.getInputStream().readAllBytes());
    assertEquals(0, process.waitFor(), "exit status with " + option);
    return output.strip();
  }

  private static String classPath() {
    return Path.of("target", "classes")
        + System.getProperty("path.separator")
        + Path.of("target", "test-classes");
  }
}
