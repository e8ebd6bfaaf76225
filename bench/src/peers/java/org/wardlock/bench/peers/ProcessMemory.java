package org.wardlock.bench.peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The resident memory of this process, as Linux reports it. */
final class ProcessMemory {
  private static final Path STATUS = Path.of("/proc/self/status");

  private ProcessMemory() {}

  /** What is resident now, and what was at most, MiB, with a tab between. */
  static String mebibytes() throws IOException {
    return read("VmRSS:") + "\t" + read("VmHWM:");
  }

  private static long read(String key) throws IOException {
    for (String line : Files.readAllLines(STATUS)) {
      if (line.startsWith(key)) {
        return Long.parseLong(line.replaceAll("\\D", "")) / 1024;
      }
    }
    throw new IOException(STATUS + ": no line " + key);
  }
}
