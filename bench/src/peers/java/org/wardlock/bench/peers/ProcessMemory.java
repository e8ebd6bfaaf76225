package org.wardlock.bench.peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The resident memory of this process, bytes, as Linux reports it. */
final class ProcessMemory {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final Path RESET = Path.of("/proc/self/clear_refs");
  private static final String RESET_PEAK = "5";

  private ProcessMemory() {}

  static long resident() throws IOException {
    return read("VmRSS:");
  }

  /** The most since the start, or since {@link #resetPeak}. */
  static long peak() throws IOException {
    return read("VmHWM:");
  }

  static void resetPeak() throws IOException {
    Files.writeString(RESET, RESET_PEAK);
  }

  private static long read(String key) throws IOException {
    for (String line : Files.readAllLines(STATUS)) {
      if (line.startsWith(key)) {
        return Long.parseLong(line.replaceAll("\\D", "")) << 10;
      }
    }
    throw new IOException(STATUS + ": no line " + key);
  }
}
