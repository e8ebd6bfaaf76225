package org.wardlock.kernels.opencl;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.Consumer;
import org.jocl.CL;
import org.jocl.CLException;
import org.jocl.Pointer;
import org.jocl.cl_event;
import org.jocl.cl_mem;
import org.wardlock.kernels.source.GpuMemory;
import org.wardlock.kernels.source.PinnedMemory;

/**
 * Pinned memory as OpenCL has it: a buffer that the driver keeps on the host, mapped as long as it
 * lives.
 */
final class OpenClPinned implements PinnedMemory {
  private final OpenClQueues queues;
  private final cl_mem buffer;
  private final ByteBuffer mapped;
  private final Pointer pointer;
  private Optional<cl_event> copied = Optional.empty();
  private Optional<cl_event> marked = Optional.empty();

  OpenClPinned(OpenClQueues queues, long bytes) {
    this.queues = queues;
    try {
      long flags = CL.CL_MEM_READ_WRITE | CL.CL_MEM_ALLOC_HOST_PTR;
      buffer = CL.clCreateBuffer(queues.context(), flags, bytes, null, null);
      long access = CL.CL_MAP_READ | CL.CL_MAP_WRITE;
      mapped =
          CL.clEnqueueMapBuffer(queues.main(), buffer, true, access, 0, bytes, 0, null, null, null);
      pointer = Pointer.to(mapped);
    } catch (CLException e) {
      throw queues.failure("allocating " + bytes + " bytes of pinned host memory", e);
    }
  }

  @Override
  public MemorySegment memory() {
    return MemorySegment.ofBuffer(mapped);
  }

  @Override
  public void copyIn(GpuMemory target, long offset, long bytes) {
    cl_mem to = OpenClRuntime.handle(target);
    begin(
        "copying " + bytes + " bytes to the device",
        event ->
            CL.clEnqueueWriteBuffer(
                queues.main(), to, false, offset, bytes, pointer, 0, null, event));
  }

  @Override
  public void copyOut(GpuMemory source, long offset, long bytes) {
    cl_mem from = OpenClRuntime.handle(source);
    begin(
        "copying " + bytes + " bytes from the device",
        event ->
            CL.clEnqueueReadBuffer(
                queues.main(), from, false, offset, bytes, pointer, 0, null, event));
  }

  @Override
  public void copyAhead(GpuMemory target, long bytes) {
    cl_mem to = OpenClRuntime.handle(target);
    cl_event[] before = {marked.orElseThrow()};
    begin(
        "copying " + bytes + " bytes to the device",
        event -> {
          CL.clEnqueueWriteBuffer(queues.copies(), to, false, 0, bytes, pointer, 1, before, event);
          CL.clFlush(queues.copies()); // it begins now, and the other queue may wait for it
          CL.clEnqueueBarrierWithWaitList(queues.main(), 1, new cl_event[] {event}, null);
        });
  }

  /**
   * Begins a copy.
   *
   * @param doing for messages
   * @param copy is given the event that says when it is done
   */
  private void begin(String doing, Consumer<cl_event> copy) {
    try {
      var event = new cl_event();
      copy.accept(event);
      copied = Optional.of(event);
    } catch (CLException e) {
      throw queues.failure(doing, e);
    }
  }

  @Override
  public void mark() {
    try {
      release(marked);
      marked = Optional.empty();
      var event = new cl_event();
      CL.clEnqueueMarkerWithWaitList(queues.main(), 0, null, event);
      marked = Optional.of(event);
      CL.clFlush(queues.main());
    } catch (CLException e) {
      throw queues.failure("marking what was asked for", e);
    }
  }

  @Override
  public void await() {
    if (copied.isPresent()) {
      try {
        CL.clWaitForEvents(1, new cl_event[] {copied.get()});
      } catch (CLException e) {
        throw queues.failure("waiting for a copy", e);
      }
      release(copied);
      copied = Optional.empty();
    }
  }

  private static void release(Optional<cl_event> event) {
    event.ifPresent(CL::clReleaseEvent);
  }

  @Override
  public void free() {
    release(marked);
    CL.clEnqueueUnmapMemObject(queues.main(), buffer, mapped, 0, null, null);
    CL.clReleaseMemObject(buffer);
  }
}
