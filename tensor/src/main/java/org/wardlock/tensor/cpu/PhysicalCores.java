package org.wardlock.tensor.cpu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/** Counts cores, hardware threads of one core once where the system tells them apart. */
final class PhysicalCores {
  private static final Path PROCESSORS = Path.of("/sys/devices/system/cpu");

  private PhysicalCores() {}

  /** Cores this process may use, at least 1. */
  static int count() {
    int available = Runtime.getRuntime().availableProcessors();
    Set<String> cores = new HashSet<>();
    try {
      for (int i = 0; ; i++) {
        Path siblings = PROCESSORS.resolve("cpu" + i + "/topology/thread_siblings_list");
        if (!Files.isReadable(siblings)) {
          break;
        }
        cores.add(Files.readString(siblings).strip());
      }
    } catch (IOException unreadable) {
      return available;
    }
    // A container may be given fewer processors than the machine has.
    return cores.isEmpty() ? available : Math.min(available, cores.size());
  }
}
