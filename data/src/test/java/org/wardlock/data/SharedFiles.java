package org.wardlock.data;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** Real pictures and golden values outside the repository. */
public final class SharedFiles {
  private static final Path ROOT = Path.of(System.getProperty("wardlock.shared", "../../shared"));

  private SharedFiles() {}

  /** A file or folder there; skips the test where it is absent. */
  public static Path get(String path) {
    Path file = ROOT.resolve(path);
    Assumptions.assumeTrue(Files.exists(file), "skipped: " + file + " is absent");
    return file;
  }
}
