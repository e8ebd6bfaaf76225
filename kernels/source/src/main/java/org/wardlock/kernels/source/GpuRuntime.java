package org.wardlock.kernels.source;

import java.lang.foreign.MemorySegment;
import java.util.Optional;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.spi.Backend;
import org.wardlock.tensor.spi.RepeatedWork;

/**
 * What {@link GpuBackend} asks of a driver: memory, copies, programs and launches on one device.
 * Everything runs in the order it was asked for, as if by one queue, whichever thread asks; copies
 * wait for what they copy. Failures are {@link org.wardlock.tensor.DeviceException} and name what
 * was being done.
 */
public interface GpuRuntime extends AutoCloseable {
  /** The device. */
  Device device();

  /** One line for people: name, memory, driver. */
  String description();

  /** The name of the header that says what kernels are written in: see {@link KernelSource}. */
  String dialect();

  /**
   * Uninitialised device memory.
   *
   * @param bytes more than 0
   * @throws org.wardlock.tensor.DeviceException if there is no room
   */
  GpuMemory allocate(long bytes);

  /** Gives back memory that is kept for later requests; nothing where none is kept. */
  default void trim() {}

  /**
   * Copies host memory to device memory from a byte offset on. The source may be reused afterwards.
   */
  void upload(MemorySegment source, GpuMemory target, long offset);

  /**
   * New memory with a copy of host memory, which may be reused afterwards. The copy may be made
   * while the device does what it was asked before.
   *
   * @throws org.wardlock.tensor.DeviceException if there is no room
   */
  default GpuMemory uploadAhead(MemorySegment source) {
    GpuMemory memory = allocate(source.byteSize());
    upload(source, memory, 0);
    return memory;
  }

  /**
   * Copies device memory from a byte offset on to host memory, as much as it has room for; waits.
   */
  void download(GpuMemory source, long offset, MemorySegment target);

  /**
   * Compiles a program.
   *
   * @param name for messages
   */
  GpuProgram build(String name, String source);

  /**
   * Runs a kernel in so many groups of work-items of a size.
   *
   * @param groupSize at most {@link KernelLibrary#LARGEST_GROUP}
   */
  void launch(GpuKernel kernel, int groups, int groupSize, KernelArguments arguments);

  /**
   * What this device has beyond the shared kernels.
   *
   * @param backend that asks, for memory between two stages of an operation
   */
  default DeviceKernels ownKernels(Backend backend) {
    return DeviceKernels.NONE;
  }

  /**
   * Work that this runtime can repeat without running it again: see {@link
   * org.wardlock.tensor.spi.Backend#repeated}.
   */
  default Optional<RepeatedWork> repeated(String name, Runnable work) {
    return Optional.empty();
  }

  /** Waits until everything asked for has been done, and reports what failed. */
  void synchronize();

  @Override
  void close();
}
