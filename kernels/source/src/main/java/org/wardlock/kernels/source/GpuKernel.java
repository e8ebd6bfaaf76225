package org.wardlock.kernels.source;

/** A compiled kernel: a runtime's handle. */
public interface GpuKernel {
  /** Its name in the source. */
  String name();

  /** The local memory that a work-group takes, in bytes. */
  long localBytes();
}
