package org.wardlock.defense;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** Golden values and real weights, where there are any. */
final class SharedFiles {
  private SharedFiles() {}

  /** A file of the shared folder; the test is skipped where it is absent. */
  static Path file(String name) {
    Path file = Path.of(System.getProperty("wardlock.shared", "../../shared")).resolve(name);
    Assumptions.assumeTrue(
        Files.exists(file), () -> file + " is absent: set -Dwardlock.shared to the shared folder");
    return file;
  }
}
