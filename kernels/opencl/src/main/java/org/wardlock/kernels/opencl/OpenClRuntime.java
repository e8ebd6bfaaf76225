package org.wardlock.kernels.opencl;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jocl.CL;
import org.jocl.CLException;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_command_queue;
import org.jocl.cl_context;
import org.jocl.cl_context_properties;
import org.jocl.cl_device_id;
import org.jocl.cl_kernel;
import org.jocl.cl_mem;
import org.jocl.cl_program;
import org.wardlock.kernels.source.GpuKernel;
import org.wardlock.kernels.source.GpuMemory;
import org.wardlock.kernels.source.GpuProgram;
import org.wardlock.kernels.source.GpuRuntime;
import org.wardlock.kernels.source.KernelArguments;
import org.wardlock.kernels.source.KernelArguments.Argument;
import org.wardlock.kernels.source.KernelLibrary;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.DeviceException;
import org.wardlock.tensor.spi.HostMemory;

/** One OpenCL device through JOCL: a context and one queue that keeps the order. */
final class OpenClRuntime implements GpuRuntime {
  /** Copies between heap arrays and the device go through native memory of at most this size. */
  private static final long LARGEST_COPY = 64L << 20;

  private final Device device;
  private final OpenClDevice openClDevice;
  private final cl_context context;
  private final cl_command_queue queue;
  private final String options;

  /** A kernel's arguments are state of the kernel: set and launched by one thread at a time. */
  private final ReentrantLock launching = new ReentrantLock();

  @SuppressWarnings("deprecation")
  OpenClRuntime(Device device, OpenClDevice openClDevice) {
    this.device = device;
    this.openClDevice = openClDevice;
    cl_device_id[] devices = {openClDevice.id()};
    var properties = new cl_context_properties();
    properties.addProperty(CL.CL_CONTEXT_PLATFORM, openClDevice.platform());
    this.context = CL.clCreateContext(properties, 1, devices, null, null, null);
    // the call of OpenCL 2 is one that drivers of 1.2 do not have
    this.queue = CL.clCreateCommandQueue(context, openClDevice.id(), 0, null);
    String rounding =
        openClDevice.roundsDivisionCorrectly() ? " -cl-fp32-correctly-rounded-divide-sqrt" : "";
    this.options = "-cl-std=CL1.2" + rounding;
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

  private record Memory(cl_mem handle) implements GpuMemory {
    @Override
    public void free() {
      CL.clReleaseMemObject(handle);
    }
  }

  private static cl_mem handle(GpuMemory memory) {
    return ((Memory) memory).handle();
  }

  @Override
  public GpuMemory allocate(long bytes) {
    try {
      return new Memory(CL.clCreateBuffer(context, CL.CL_MEM_READ_WRITE, bytes, null, null));
    } catch (CLException e) {
      throw failure("allocating " + bytes + " bytes", e);
    }
  }

  @Override
  public void upload(MemorySegment source, GpuMemory target, long offset) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment staging = staging(arena, source);
      for (long done = 0; done < source.byteSize(); done += staging.byteSize()) {
        long bytes = Math.min(staging.byteSize(), source.byteSize() - done);
        HostMemory.copy(source, done, staging, 0, bytes);
        Pointer from = Pointer.to(staging.asByteBuffer());
        CL.clEnqueueWriteBuffer(
            queue, handle(target), true, offset + done, bytes, from, 0, null, null);
      }
    } catch (CLException e) {
      throw failure("copying " + source.byteSize() + " bytes to the device", e);
    }
  }

  @Override
  public void download(GpuMemory source, long offset, MemorySegment target) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment staging = staging(arena, target);
      for (long done = 0; done < target.byteSize(); done += staging.byteSize()) {
        long bytes = Math.min(staging.byteSize(), target.byteSize() - done);
        Pointer to = Pointer.to(staging.asByteBuffer());
        CL.clEnqueueReadBuffer(
            queue, handle(source), true, offset + done, bytes, to, 0, null, null);
        HostMemory.copy(staging, 0, target, done, bytes);
      }
    } catch (CLException e) {
      throw failure("copying " + target.byteSize() + " bytes from the device", e);
    }
  }

  private static MemorySegment staging(Arena arena, MemorySegment host) {
    return arena.allocate(Math.min(host.byteSize(), LARGEST_COPY), Long.BYTES);
  }

  // ---- kernels

  private record Kernel(String name, long localBytes, cl_kernel handle) implements GpuKernel {}

  @Override
  public GpuProgram build(String name, String source) {
    cl_program program =
        CL.clCreateProgramWithSource(context, 1, new String[] {source}, null, null);
    try {
      CL.clBuildProgram(program, 0, null, options, null, null);
    } catch (CLException e) {
      throw failure("compiling the kernels of " + name + ": " + buildLog(program), e);
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
      throw failure("looking up kernel " + name, e);
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
      long[] items = {(long) groups * groupSize};
      CL.clEnqueueNDRangeKernel(
          queue, handle, 1, null, items, new long[] {groupSize}, 0, null, null);
    } catch (CLException e) {
      throw failure("launching kernel " + kernel.name() + " in " + groups + " groups", e);
    } finally {
      launching.unlock();
    }
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
    try {
      CL.clFinish(queue);
    } catch (CLException e) {
      throw failure("waiting for the device", e);
    }
  }

  @Override
  public void close() {
    synchronize();
    CL.clReleaseCommandQueue(queue);
    CL.clReleaseContext(context);
  }

  private DeviceException failure(String doing, CLException e) {
    return new DeviceException("device " + device + ": " + doing + " failed: " + e.getMessage(), e);
  }
}
