package org.wardlock.cli;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs a command in a process of its own, which can be interrupted or killed. */
final class CommandProcess {
  private CommandProcess() {}

  /**
   * Starts a command.
   *
   * @param said the file that gets all it prints
   * @param words as {@link CommandRun#of} takes them
   */
  static Process start(Path said, Object... words) throws IOException {
    var command = new ArrayList<String>();
    if (System.getProperty("os.name").equals("Linux")) {
      // what a shell starts in the background ignores SIGINT, and hands that on to this test
      command.addAll(List.of("/usr/bin/env", "--default-signal=INT"));
    }
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // the same kernels as in this process, from the class path
    command.addAll(List.of("-Xmx512m", "--add-modules", "jdk.incubator.vector"));
    command.addAll(List.of("-cp", classPath(), Main.class.getName()));
    command.addAll(List.of(CommandRun.flatten(words)));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(said.toFile())
        .start();
  }

  /** Everything this test runs with, on one path. */
  private static String classPath() {
    return System.getProperty("java.class.path")
        + File.pathSeparator
        + System.getProperty("jdk.module.path", "");
  }
}
