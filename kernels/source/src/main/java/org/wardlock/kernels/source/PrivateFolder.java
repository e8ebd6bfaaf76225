package org.wardlock.kernels.source;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Where JCuda and JOCL unpack their native code. They take the folder that {@code java.io.tmpdir}
 * names, and trust a file of that name that they find there; so for the moment of loading the
 * property names a new folder that only this user can write to.
 */
public final class PrivateFolder {
  private static final String TEMPORARY_FOLDER = "java.io.tmpdir";

  private PrivateFolder() {}

  /**
   * Loads native code that is unpacked meanwhile.
   *
   * @param name what the folder's name begins with
   * @param load says in one line why the code does not load; empty if it does
   * @return likewise
   */
  public static Optional<String> during(String name, Supplier<Optional<String>> load) {
    try {
      Path folder = Files.createTempDirectory(name); // readable and writable for its owner alone
      String before = System.getProperty(TEMPORARY_FOLDER);
      System.setProperty(TEMPORARY_FOLDER, folder.toString());
      try {
        return load.get();
      } finally {
        System.setProperty(TEMPORARY_FOLDER, before);
        deleteOnExit(folder);
      }
    } catch (IOException e) {
      return Optional.of("no private folder for native code: " + e.getMessage());
    }
  }

  /** What was registered last goes first: the folder is empty when its turn comes. */
  private static void deleteOnExit(Path folder) throws IOException {
    folder.toFile().deleteOnExit();
    try (Stream<Path> files = Files.list(folder)) {
      files.forEach(file -> file.toFile().deleteOnExit());
    }
  }
}
