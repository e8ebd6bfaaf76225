package org.wardlock.kernels.cuda;

import java.lang.foreign.MemorySegment;
import org.wardlock.kernels.source.GpuMemory;
import org.wardlock.kernels.source.PinnedMemory;

/** Pinned memory, whose driver calls the device's thread makes. */
final class CudaPinned implements PinnedMemory {
  private final DeviceThread thread;
  private final CudaStream stream;
  private final CudaStream.Pinned pinned;

  /** Whether a copy was begun that nobody has waited for. */
  private boolean copies;

  CudaPinned(DeviceThread thread, CudaStream stream, long bytes) {
    this.thread = thread;
    this.stream = stream;
    this.pinned = thread.call(() -> stream.pin(bytes));
  }

  @Override
  public MemorySegment memory() {
    return pinned.memory();
  }

  @Override
  public void copyIn(GpuMemory target, long offset, long bytes) {
    long address = CudaRuntime.address(target) + offset;
    copies = true;
    thread.post(() -> stream.copyIn(pinned, address, bytes));
  }

  @Override
  public void copyOut(GpuMemory source, long offset, long bytes) {
    long address = CudaRuntime.address(source) + offset;
    copies = true;
    thread.post(() -> stream.copyOut(address, pinned, bytes));
  }

  @Override
  public void copyAhead(GpuMemory target, long bytes) {
    long address = CudaRuntime.address(target);
    copies = true;
    thread.post(() -> stream.copyAhead(pinned, address, bytes));
  }

  @Override
  public void mark() {
    thread.post(() -> stream.mark(pinned));
  }

  @Override
  public void await() {
    if (copies) {
      thread.run(() -> stream.await(pinned));
      copies = false;
    }
  }

  @Override
  public void free() {
    thread.run(() -> stream.unpin(pinned));
  }
}
