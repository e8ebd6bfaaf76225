package org.wardlock.kernels.opencl;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
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
    String before = System.getProperty(TEMPORARY_FOLDER);
    try {
      // readable and writable for its owner alone; JOCL deletes the file in it on exit, and this
      // runs after that
      Path folder = Files.createTempDirectory("wardlock-opencl");
      folder.toFile().deleteOnExit();
      System.setProperty(TEMPORARY_FOLDER, folder.toString());
      CL.setExceptionsEnabled(true);
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of("no private folder for JOCL's native code: " + e.getMessage());
    } catch (LinkageError e) {
      return Optional.of(
          "OpenCL's loader (libOpenCL) is missing or does not load: install a driver with its loader,"
              + " for instance the packages ocl-icd-libopencl1 and pocl-opencl-icd");
    } finally {
      System.setProperty(TEMPORARY_FOLDER, before);
    }
  }
}
