package org.wardlock.kernels.opencl;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.jocl.CL;

/**
 * Loads JOCL's native code, once. JOCL unpacks it into the folder that {@code java.io.tmpdir}
 * names, and trusts a file of that name that it finds there; so for the moment of loading the
 * property names a new folder that only this user can write to.
 */
final class NativeLibrary {
  private static final String TEMPORARY_FOLDER = "java.io.tmpdir";

  private static Optional<String> failure;

  private NativeLibrary() {}

  /** Why the native code does not load, in one line; empty if it does. */
  static synchronized Optional<String> failure() {
    if (failure == null) {
      failure = load();
    }
    return failure;
  }

  private static Optional<String> load() {
    try {
      // readable and writable for its owner alone
      Path folder = Files.createTempDirectory("wardlock-opencl");
      Optional<String> failure = loadFrom(folder);
      deleteOnExit(folder);
      return failure;
    } catch (IOException e) {
      return Optional.of("no private folder for JOCL's native code: " + e.getMessage());
    }
  }

  private static Optional<String> loadFrom(Path folder) {
    String before = System.getProperty(TEMPORARY_FOLDER);
    System.setProperty(TEMPORARY_FOLDER, folder.toString());
    try {
      CL.setExceptionsEnabled(true);
      return Optional.empty();
    } catch (LinkageError e) {
      return Optional.of(
          "OpenCL's loader (libOpenCL) is missing or does not load: install a driver with its loader,"
              + " for instance the packages ocl-icd-libopencl1 and pocl-opencl-icd");
    } finally {
      System.setProperty(TEMPORARY_FOLDER, before);
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
