package org.wardlock.kernels.opencl;

import java.util.Optional;
import org.jocl.CL;
import org.wardlock.kernels.source.PrivateFolder;

/** Loads JOCL's native code, once. */
final class NativeLibrary {
  private static Optional<String> failure;

  private NativeLibrary() {}

  /** Why the native code does not load, in one line; empty if it does. */
  static synchronized Optional<String> failure() {
    if (failure == null) {
      failure = PrivateFolder.during("wardlock-opencl", NativeLibrary::load);
    }
    return failure;
  }

  private static Optional<String> load() {
    try {
      CL.setExceptionsEnabled(true);
      return Optional.empty();
    } catch (LinkageError e) {
      return Optional.of(
          "OpenCL's loader (libOpenCL) is missing or does not load: install a driver with its loader,"
              + " for instance the packages ocl-icd-libopencl1 and pocl-opencl-icd");
    }
  }
}
