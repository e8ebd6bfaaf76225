package org.wardlock.kernels.cuda.tensorcore;

import org.wardlock.kernels.source.GpuKernel;
import org.wardlock.kernels.source.KernelArguments;

/** The kernels on tensor cores as a device loads and launches them. */
public interface TensorModules {
  /** Whether products may be those of hopper_gemm.cu, which run on compute capability 9.0 alone. */
  boolean hasWarpgroups();

  /** The most shared memory that a block may have on this device, in bytes. */
  int largestSharedBytes();

  /**
   * A kernel; it may be asked for once for each amount of shared memory.
   *
   * @param family the source that it is from
   * @param name its name there
   * @param sharedBytes the shared memory that each of its blocks gets
   */
  GpuKernel kernel(String family, String name, int sharedBytes);

  /** Runs a kernel in so many blocks of threads. */
  void launch(GpuKernel kernel, int blocks, int threads, KernelArguments arguments);
}
