package org.wardlock.bench.peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** The resident memory of this process, bytes, as Linux reports it. */
final class ProcessMemory {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final Path RESET = Path.of("/proc/self/clear_refs");
  private static final String RESET_PEAK = "5";
  private static final int STRETCHES = 7;

  private ProcessMemory() {}

  /**
   * How far a row's iterations raise the resident memory above what is resident between them: the
   * median of several stretches, as the JVM, too, takes memory and gives it back. A warm-up comes
   * first, since it reads code from files, starts threads and fills caches: none of it is what an
   * iteration needs. It takes an allocator that gives freed memory back to the system at once.
   */
  static long growth(Engine.Subject subject, double seconds) throws IOException {
    subject.run(seconds);
    System.gc(); // direct buffers that no one uses any longer are memory outside the heap
    long[] growths = new long[STRETCHES];
    for (int i = 0; i < STRETCHES; i++) {
      Files.writeString(RESET, RESET_PEAK);
      long before = read("VmRSS:");
      subject.run(seconds / STRETCHES);
      growths[i] = read("VmHWM:") - before;
    }
    Arrays.sort(growths);
    return growths[STRETCHES / 2];
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
