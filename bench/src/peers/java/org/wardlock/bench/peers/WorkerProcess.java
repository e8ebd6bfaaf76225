package org.wardlock.bench.peers;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The driver's side of a {@link Worker}. */
final class WorkerProcess implements AutoCloseable {
  private static final int SECONDS_TO_END = 10;

  private final Setup setup;
  private final Process process;
  private final PrintStream commands;
  private final BufferedReader answers;

  /** Starts a process. */
  WorkerProcess(Setup setup, int threads) throws IOException {
    this.setup = setup;
    var builder = new ProcessBuilder(command(setup, threads));
    builder.environment().putAll(setup.environment());
    builder.environment().put("OMP_NUM_THREADS", Integer.toString(threads));
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    process = builder.start();
    commands = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
    answers =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  private static List<String> command(Setup setup, int threads) {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(setup.options());
    command.add("-Dwardlock.threads=" + threads);
    for (String kept : List.of("ai.djl.offline", "DJL_CACHE_DIR")) {
      command.add("-D" + kept + "=" + System.getProperty(kept, ""));
    }
    command.addAll(List.of("--add-modules", "jdk.incubator.vector"));
    command.add("--enable-native-access=ALL-UNNAMED");
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(
        List.of(WorkerMain.class.getName(), setup.engine().name(), Integer.toString(threads)));
    return command;
  }

  Setup setup() {
    return setup;
  }

  /** Says a line and waits for its answer. */
  String ask(String... words) {
    commands.println(String.join("\t", words));
    try {
      for (String line = answers.readLine(); line != null; line = answers.readLine()) {
        if (line.startsWith(Worker.ANSWER)) {
          return line.substring(Worker.ANSWER.length());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    throw new IllegalStateException(
        setup.label() + ": the process ended at '" + String.join(" ", words) + "', see above");
  }

  @Override
  public void close() {
    commands.close();
    try {
      if (!process.waitFor(SECONDS_TO_END, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
