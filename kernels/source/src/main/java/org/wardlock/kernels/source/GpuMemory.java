package org.wardlock.kernels.source;

/** A piece of device memory: a runtime's handle. */
public interface GpuMemory {
  /** Gives the memory back once what uses it has been done; called once. */
  void free();
}
