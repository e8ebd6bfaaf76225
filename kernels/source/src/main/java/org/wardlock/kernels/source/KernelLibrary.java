package org.wardlock.kernels.source;

import java.util.concurrent.ConcurrentHashMap;

/** Compiles families of kernels when one of them is first used, and launches them. */
public final class KernelLibrary {
  /** Work-items in a group; some kernels count on this number. */
  static final int GROUP = 256;

  /**
   * The most work-items that every GPU takes in a group. PoCL takes more, so that tests must look.
   */
  public static final int LARGEST_GROUP = 1024;

  /** The most local memory that every GPU gives a group. */
  static final long LARGEST_LOCAL_MEMORY = 48 * 1024;

  /** Lanes of a sum: as many work-items share a row. */
  static final int LANES = 16;

  private final GpuRuntime runtime;
  private final ConcurrentHashMap<String, GpuProgram> programs = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<String, GpuKernel> kernels = new ConcurrentHashMap<>();

  KernelLibrary(GpuRuntime runtime) {
    this.runtime = runtime;
  }

  /** Launches a work-item for each of so many elements. */
  void each(String family, String kernel, int elements, KernelArguments arguments) {
    groups(family, kernel, Math.ceilDiv(elements, GROUP), arguments);
  }

  /** Launches sixteen work-items for each of so many rows. */
  void lanes(String family, String kernel, int rows, KernelArguments arguments) {
    groups(family, kernel, Math.ceilDiv(rows, GROUP / LANES), arguments);
  }

  /** Launches so many groups. */
  void groups(String family, String kernel, int groups, KernelArguments arguments) {
    if (groups > 0) {
      runtime.launch(kernel(family, kernel), groups, GROUP, arguments);
      arguments.launched();
    }
  }

  GpuKernel kernel(String family, String nameInSource) {
    return kernels.computeIfAbsent(
        KernelSource.compiledName(family, nameInSource),
        name -> {
          GpuProgram program =
              programs.computeIfAbsent(
                  family, f -> runtime.build(f, KernelSource.of(runtime.dialect(), f)));
          GpuKernel kernel = program.kernel(name);
          if (kernel.localBytes() > LARGEST_LOCAL_MEMORY) {
            throw new IllegalStateException(
                "kernel "
                    + name
                    + " takes "
                    + kernel.localBytes()
                    + " bytes of local memory, more than the "
                    + LARGEST_LOCAL_MEMORY
                    + " that every GPU has");
          }
          return kernel;
        });
  }
}
