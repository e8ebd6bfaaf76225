package org.wardlock.kernels.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.util.List;
import java.util.Optional;
import jcuda.driver.JCudaDriver;
import org.wardlock.kernels.source.PrivateFolder;

/** Loads NVIDIA's driver and JCuda's native code over it, once. */
final class NativeLibrary {
  /**
   * The driver, by the loader's own search and where containers and WSL put it without telling the
   * loader. Whatever is opened first is what JCuda's code is linked to, since the name is equal.
   */
  private static final List<String> DRIVERS =
      List.of(
          "libcuda.so.1", "/usr/local/nvidia/lib64/libcuda.so.1", "/usr/lib/wsl/lib/libcuda.so.1");

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
    String system = System.getProperty("os.name") + " on " + System.getProperty("os.arch");
    if (!system.equals("Linux on amd64")) {
      return Optional.of("CUDA works on Linux on amd64 here, and this is " + system);
    }
    if (!opensAnyOf(DRIVERS)) {
      return Optional.of(
          "NVIDIA's driver is missing or does not load: none of "
              + String.join(", ", DRIVERS)
              + " opens; install the driver, or name its folder in LD_LIBRARY_PATH");
    }
    return PrivateFolder.during("wardlock-cuda", NativeLibrary::loadJCuda);
  }

  /** Opens the first library that is there, for as long as the program runs. */
  @SuppressWarnings("restricted")
  static boolean opensAnyOf(List<String> libraries) {
    for (String library : libraries) {
      try {
        SymbolLookup.libraryLookup(library, Arena.global());
        return true;
      } catch (IllegalArgumentException _) {
        // not this one
      }
    }
    return false;
  }

  private static Optional<String> loadJCuda() {
    try {
      // every status is looked at where it is returned
      JCudaDriver.setExceptionsEnabled(false);
      return Optional.empty();
    } catch (LinkageError e) {
      return Optional.of(
          "JCuda's native code does not load: is jcuda-natives for linux-x86_64 on the class path?");
    }
  }
}
