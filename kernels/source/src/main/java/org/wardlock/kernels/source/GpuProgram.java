package org.wardlock.kernels.source;

/** A compiled family of kernels. */
public interface GpuProgram {
  /** A kernel by its name in the source. */
  GpuKernel kernel(String name);
}
