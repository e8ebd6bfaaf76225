package org.wardlock.cli;

import java.nio.file.Path;
import java.util.Optional;
import org.wardlock.tensor.Device;
import picocli.CommandLine.Option;

/** What every command understands. */
final class CommonOptions {
  @Option(
      names = "--device",
      defaultValue = "cpu",
      paramLabel = "DEVICE",
      description = "cpu, cuda[:i] or opencl[:i] (default: cpu).")
  private String device;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads that compute and decode (default: the physical cores).")
  private Optional<Integer> threads;

  @Option(
      names = "--seed",
      defaultValue = "0",
      paramLabel = "N",
      description = "Where every random choice comes from (default: 0).")
  private long seed;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Writes the answer for programs too; a file of that name is replaced.")
  private Optional<Path> json;

  @Option(names = "--debug", description = "Prints the stack trace of a failure.")
  private boolean debug;

  /**
   * The device, opened with the threads the user asked for.
   *
   * @throws InputException if the answer could not be written in the end
   */
  Device prepareDevice() {
    requireWritableAnswer();
    threads().ifPresent(count -> System.setProperty("wardlock.threads", Integer.toString(count)));
    Device parsed = Device.parse(device);
    parsed.backend();
    return parsed;
  }

  /** Refuses a place for the answer that cannot be written to. */
  void requireWritableAnswer() {
    json.ifPresent(file -> OutputFile.requireWritable("--json", file));
  }

  Optional<Integer> threads() {
    threads.ifPresent(
        count -> {
          if (count < 1) {
            throw new InputException("--threads " + count + ": must be at least 1");
          }
        });
    return threads;
  }

  long seed() {
    return seed;
  }

  Optional<Path> json() {
    return json;
  }
}
