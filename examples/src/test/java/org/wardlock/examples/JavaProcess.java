package org.wardlock.examples;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Starts the packaged examples in a JVM of their own, as a user would. */
final class JavaProcess {
  private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");
  private static final Path JARS = Path.of(System.getProperty("wardlock.jars"));
  // A caller's own options must not decide what the tests are about.
  private static final List<String> FOREIGN_OPTIONS =
      List.of("CLASSPATH", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS");

  private JavaProcess() {}

  /**
   * What a program left behind.
   *
   * @param exit its exit status
   * @param output the lines on standard output
   * @param errors the lines on standard error
   */
  record Result(int exit, List<String> output, List<String> errors) {}

  /** The jars that an example needs, its own among them. */
  static List<Path> jars() throws IOException {
    try (Stream<Path> files = Files.list(JARS)) {
      return files.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
    }
  }

  /** Options that put every jar on the class path. */
  static List<String> onClassPath() throws IOException {
    List<String> jars = jars().stream().map(Path::toString).toList();
    return List.of("--class-path", String.join(File.pathSeparator, jars));
  }

  /** Options that put every jar on the module path. */
  static List<String> onModulePath() {
    return List.of("--module-path", JARS.toString());
  }

  /**
   * Runs a program to its end.
   *
   * @param folder that receives what it prints
   * @param environment added to the variables of this process
   * @param options of the JVM
   * @param command what is started, and its arguments
   */
  static Result run(
      Path folder, Map<String, String> environment, List<String> options, List<String> command)
      throws IOException, InterruptedException {
    var words = new ArrayList<String>();
    words.add(JAVA.toString());
    words.addAll(options);
    words.addAll(command);
    Path output = Files.createTempFile(folder, "output", ".txt");
    Path errors = Files.createTempFile(folder, "errors", ".txt");
    var builder =
        new ProcessBuilder(words).redirectOutput(output.toFile()).redirectError(errors.toFile());
    builder.environment().keySet().removeAll(FOREIGN_OPTIONS);
    builder.environment().putAll(environment);
    int exit = builder.start().waitFor();
    return new Result(exit, Files.readAllLines(output), Files.readAllLines(errors));
  }
}
