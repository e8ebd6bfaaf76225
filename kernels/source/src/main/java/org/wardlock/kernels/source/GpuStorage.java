package org.wardlock.kernels.source;

import java.lang.ref.Cleaner;
import java.util.concurrent.atomic.AtomicLong;
import org.wardlock.tensor.DType;
import org.wardlock.tensor.spi.Backend;
import org.wardlock.tensor.spi.Storage;

/**
 * Elements in device memory. Forgotten storages are freed when the garbage collector finds them.
 */
final class GpuStorage extends Storage {
  private static final Cleaner CLEANER = Cleaner.create();

  private final GpuMemory memory;
  private final Cleaner.Cleanable freeing;

  GpuStorage(
      Backend backend,
      DType dtype,
      long size,
      GpuMemory memory,
      long bytes,
      AtomicLong bytesInUse) {
    super(backend, dtype, size);
    this.memory = memory;
    this.freeing = CLEANER.register(this, new Freeing(memory, bytes, bytesInUse));
  }

  /** Must not refer to the storage, which would then live for ever. */
  private record Freeing(GpuMemory memory, long bytes, AtomicLong bytesInUse) implements Runnable {
    @Override
    public void run() {
      memory.free();
      bytesInUse.addAndGet(-bytes);
    }
  }

  GpuMemory memory() {
    if (isReleased()) {
      throw new IllegalStateException(
          "a kernel was given a storage of "
              + size()
              + " "
              + dtype()
              + " elements that was released");
    }
    return memory;
  }

  @Override
  protected void recycle() {
    freeing.clean();
  }
}
