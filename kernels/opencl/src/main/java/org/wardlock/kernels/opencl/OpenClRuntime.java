package org.wardlock.kernels.opencl;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.jocl.CL;
import org.jocl.CLException;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_context;
import org.jocl.cl_context_properties;
import org.jocl.cl_device_id;
import org.jocl.cl_kernel;
import org.jocl.cl_mem;
import org.jocl.cl_program;
import org.wardlock.kernels.source.DeviceMemory;
import org.wardlock.kernels.source.GpuKernel;
import org.wardlock.kernels.source.GpuMemory;
import org.wardlock.kernels.source.GpuProgram;
import org.wardlock.kernels.source.GpuRuntime;
import org.wardlock.kernels.source.Inputs;
import org.wardlock.kernels.source.KernelArguments;
import org.wardlock.kernels.source.KernelArguments.Argument;
import org.wardlock.kernels.source.KernelLibrary;
import org.wardlock.kernels.source.Staging;
import org.wardlock.tensor.Device;

/** One OpenCL device through JOCL. Nothing but a copy to the host and new memory waits. */
final class OpenClRuntime implements GpuRuntime {
  /** Where the device's memory is the host's, so much of it may be kept: one part in two. */
  private static final int KEPT_OF_SHARED = 2;

  private final Device device;
  private final OpenClDevice openClDevice;
  private final OpenClQueues queues;
  private final String options;
  private final DeviceMemory<cl_mem> memory;
  private final Staging staging;
  private final Inputs inputs;
  private final AtomicBoolean closed = new AtomicBoolean();

  /** A kernel's arguments are state of the kernel: set and launched by one thread at a time. */
  private final ReentrantLock launching = new ReentrantLock();

  OpenClRuntime(Device device, OpenClDevice openClDevice) {
    this.device = device;
    this.openClDevice = openClDevice;
    cl_device_id[] devices = {openClDevice.id()};
    var properties = new cl_context_properties();
    properties.addProperty(CL.CL_CONTEXT_PLATFORM, openClDevice.platform());
    cl_context context = CL.clCreateContext(properties, 1, devices, null, null, null);
    this.queues = OpenClQueues.open(device, context, openClDevice.id());
    String rounding =
        openClDevice.roundsDivisionCorrectly() ? " -cl-fp32-correctly-rounded-divide-sqrt" : "";
    this.options = "-cl-std=CL1.2" + rounding;
    long mostIdle =
        openClDevice.sharesHostMemory()
            ? openClDevice.memoryBytes() / KEPT_OF_SHARED
            : Long.MAX_VALUE;
    this.memory = new DeviceMemory<>(device, new Source(), mostIdle);
    this.staging = new Staging(bytes -> new OpenClPinned(queues, bytes));
    this.inputs = new Inputs(memory::allocate, bytes -> new OpenClPinned(queues, bytes));
  }

  @Override
  public Device device() {
    return device;
  }

  @Override
  public String description() {
    return openClDevice.description();
  }

  @Override
  public String dialect() {
    return "opencl.h";
  }

  // ---- memory

  private final class Source implements DeviceMemory.Source<cl_mem> {
    private static final byte[] POISON = {(byte) 0xFF};

    @Override
    public Optional<cl_mem> allocate(long bytes) {
      try {
        return Optional.of(
            CL.clCreateBuffer(queues.context(), CL.CL_MEM_READ_WRITE, bytes, null, null));
      } catch (CLException e) {
        if (isLackOfMemory(e)) {
          return Optional.empty();
        }
        throw queues.failure("allocating " + bytes + " bytes", e);
      }
    }

    @Override
    public void free(List<cl_mem> handles) {
      if (!closed.get()) {
        queues.finish(); // a driver gives memory back once nothing uses it: so it is there at once
      }
      handles.forEach(CL::clReleaseMemObject);
    }

    @Override
    public void poison(cl_mem handle, long bytes) {
      try {
        CL.clEnqueueFillBuffer(
            queues.main(), handle, Pointer.to(POISON), 1, 0, bytes, 0, null, null);
      } catch (CLException e) {
        throw queues.failure("filling " + bytes + " bytes", e);
      }
    }
  }

  private static boolean isLackOfMemory(CLException e) {
    return switch (e.getStatus()) {
      case CL.CL_MEM_OBJECT_ALLOCATION_FAILURE,
          CL.CL_OUT_OF_RESOURCES,
          CL.CL_OUT_OF_HOST_MEMORY,
          CL.CL_INVALID_BUFFER_SIZE ->
          true;
      default -> false;
    };
  }

  static cl_mem handle(GpuMemory memory) {
    return (cl_mem) ((DeviceMemory.Piece<?>) Inputs.unwrapped(memory)).handle();
  }

  @Override
  public GpuMemory allocate(long bytes) {
    return memory.allocate(bytes);
  }

  @Override
  public void trim() {
    inputs.trim();
    memory.trim();
  }

  @Override
  public void upload(MemorySegment source, GpuMemory target, long offset) {
    staging.upload(source, target, offset);
  }

  @Override
  public GpuMemory uploadAhead(MemorySegment source) {
    return source.byteSize() < Inputs.SMALLEST
        ? GpuRuntime.super.uploadAhead(source)
        : inputs.upload(source);
  }

  @Override
  public void download(GpuMemory source, long offset, MemorySegment target) {
    staging.download(source, offset, target);
  }

  // ---- kernels

  private record Kernel(String name, long localBytes, cl_kernel handle) implements GpuKernel {}

  @Override
  public GpuProgram build(String name, String source) {
    cl_program program =
        CL.clCreateProgramWithSource(queues.context(), 1, new String[] {source}, null, null);
    try {
      CL.clBuildProgram(program, 0, null, options, null, null);
    } catch (CLException e) {
      throw queues.failure("compiling the kernels of " + name + ": " + buildLog(program), e);
    }
    return kernelName -> kernel(program, kernelName);
  }

  private String buildLog(cl_program program) {
    long[] size = new long[1];
    CL.clGetProgramBuildInfo(program, openClDevice.id(), CL.CL_PROGRAM_BUILD_LOG, 0, null, size);
    byte[] log = new byte[(int) size[0]];
    CL.clGetProgramBuildInfo(
        program, openClDevice.id(), CL.CL_PROGRAM_BUILD_LOG, log.length, Pointer.to(log), null);
    return new String(log, StandardCharsets.UTF_8).strip();
  }

  private Kernel kernel(cl_program program, String name) {
    try {
      cl_kernel kernel = CL.clCreateKernel(program, name, null);
      long[] localBytes = new long[1];
      CL.clGetKernelWorkGroupInfo(
          kernel,
          openClDevice.id(),
          CL.CL_KERNEL_LOCAL_MEM_SIZE,
          Sizeof.cl_ulong,
          Pointer.to(localBytes),
          null);
      return new Kernel(name, localBytes[0], kernel);
    } catch (CLException e) {
      throw queues.failure("looking up kernel " + name, e);
    }
  }

  @Override
  public void launch(GpuKernel kernel, int groups, int groupSize, KernelArguments arguments) {
    if (groupSize > KernelLibrary.LARGEST_GROUP) {
      throw new IllegalArgumentException(
          "kernel "
              + kernel.name()
              + ": a group of "
              + groupSize
              + " work-items is larger than the "
              + KernelLibrary.LARGEST_GROUP
              + " that every GPU takes");
    }
    cl_kernel handle = ((Kernel) kernel).handle();
    List<Argument> list = arguments.list();
    launching.lock();
    try {
      for (int i = 0; i < list.size(); i++) {
        set(handle, i, list.get(i));
      }
      enqueue(handle, groups, groupSize);
    } catch (CLException e) {
      throw queues.failure("launching kernel " + kernel.name() + " in " + groups + " groups", e);
    } finally {
      launching.unlock();
    }
  }

  /** Some drivers look for room when memory is first used. */
  private void enqueue(cl_kernel kernel, int groups, int groupSize) {
    long[] items = {(long) groups * groupSize};
    long[] group = {groupSize};
    memory.retried(
        () ->
            CL.clEnqueueNDRangeKernel(queues.main(), kernel, 1, null, items, group, 0, null, null),
        e -> e instanceof CLException failure && isLackOfMemory(failure));
  }

  private static void set(cl_kernel kernel, int index, Argument argument) {
    switch (argument) {
      case Argument.Memory(GpuMemory memory) ->
          CL.clSetKernelArg(kernel, index, Sizeof.cl_mem, Pointer.to(handle(memory)));
      case Argument.Words(int[] words) ->
          CL.clSetKernelArg(kernel, index, (long) words.length * Sizeof.cl_int, Pointer.to(words));
      case Argument.LongWord(long value) ->
          CL.clSetKernelArg(kernel, index, Sizeof.cl_long, Pointer.to(new long[] {value}));
    }
  }

  @Override
  public void synchronize() {
    queues.finish();
  }

  @Override
  public void close() {
    if (!closed.get()) {
      queues.finish();
      inputs.close();
      staging.close();
      memory.close();
      closed.set(true);
      queues.close();
    }
  }
}
