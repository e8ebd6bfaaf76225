package org.wardlock.kernels.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import jcuda.Pointer;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.CUevent;
import jcuda.driver.CUevent_flags;
import jcuda.driver.CUfunction;
import jcuda.driver.CUfunction_attribute;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUmodule;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;
import jcuda.driver.CUstreamCaptureMode;
import jcuda.driver.CUstream_flags;
import jcuda.driver.JCudaDriver;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.DeviceException;
import org.wardlock.tensor.spi.HostMemory;

/**
 * A device's context, the stream that keeps the order, and one beside it that copies inputs. Made
 * and used by the device's thread alone: see {@link DeviceThread}.
 */
final class CudaStream {
  /** The most that a launch's parameters may take. */
  static final int LARGEST_PARAMETERS = 4096;

  // what cuLaunchKernel's last argument is made of: see CU_LAUNCH_PARAM_BUFFER_POINTER
  private static final long END = 0;
  private static final long BUFFER_POINTER = 1;
  private static final long BUFFER_SIZE = 2;

  private final Device device;
  private final CUdevice handle;
  private final boolean blocking;
  private final CUstream stream = new CUstream();
  private final CUstream copies = new CUstream();
  private final LaunchHistory history = new LaunchHistory();
  private final List<CUmodule> modules = new ArrayList<>();
  private final Set<Pinned> pinnedMemory = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Set<CUgraphExec> graphs = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Arena arena = Arena.ofConfined();
  private final MemorySegment parameters = arena.allocate(LARGEST_PARAMETERS, Long.BYTES);
  private final MemorySegment parameterBytes = arena.allocate(ValueLayout.JAVA_LONG);
  private final Pointer extra;

  /**
   * Opens the device.
   *
   * @param blocking whether to wait for each launch, so that a kernel's fault is found at once
   */
  CudaStream(Device device, CUdevice handle, boolean blocking) {
    this.device = device;
    this.handle = handle;
    this.blocking = blocking;
    this.extra =
        new HostPointer(
            arena.allocateFrom(
                ValueLayout.JAVA_LONG,
                BUFFER_POINTER,
                parameters.address(),
                BUFFER_SIZE,
                parameterBytes.address(),
                END));
    var context = new CUcontext();
    check(JCudaDriver.cuDevicePrimaryCtxRetain(context, handle), "opening it");
    try {
      check(JCudaDriver.cuCtxSetCurrent(context), "making its context current");
      check(
          JCudaDriver.cuStreamCreate(stream, CUstream_flags.CU_STREAM_NON_BLOCKING),
          "making a stream");
      try {
        check(
            JCudaDriver.cuStreamCreate(copies, CUstream_flags.CU_STREAM_NON_BLOCKING),
            "making a stream");
      } catch (DeviceException e) {
        JCudaDriver.cuStreamDestroy(stream);
        throw e;
      }
    } catch (DeviceException e) {
      JCudaDriver.cuDevicePrimaryCtxRelease(handle);
      throw e;
    }
  }

  // ---- memory

  /** The address of new memory, or 0 if there is no room. */
  long allocate(long bytes) {
    var pointer = new DevicePointer();
    int status = JCudaDriver.cuMemAlloc(pointer, bytes);
    if (status == CUresult.CUDA_ERROR_OUT_OF_MEMORY) {
      return 0;
    }
    check(status, "allocating " + bytes + " bytes");
    return pointer.address();
  }

  /** Sets every byte of some memory to 0xFF. */
  void poison(long address, long bytes) {
    check(
        JCudaDriver.cuMemsetD8Async(new DevicePointer(address), (byte) 0xFF, bytes, stream),
        "filling " + bytes + " bytes");
  }

  /** Gives memory back once what was asked for has been done. */
  void free(List<Long> addresses) {
    synchronize();
    for (long address : addresses) {
      check(JCudaDriver.cuMemFree(new DevicePointer(address)), "freeing memory");
    }
  }

  /**
   * Host memory that the device can reach by itself.
   *
   * @param memory the memory
   * @param copied recorded after each copy
   * @param marked recorded where copies ahead begin: see {@link #mark}
   * @param pinned the driver's handle
   */
  record Pinned(MemorySegment memory, CUevent copied, CUevent marked, Pointer pinned) {}

  Pinned pin(long bytes) {
    var pointer = new Pointer();
    check(
        JCudaDriver.cuMemHostAlloc(pointer, bytes, 0),
        "allocating " + bytes + " bytes of pinned host memory");
    MemorySegment memory = MemorySegment.ofBuffer(pointer.getByteBuffer(0, bytes));
    var pinned = new Pinned(memory, event(), event(), pointer);
    pinnedMemory.add(pinned);
    return pinned;
  }

  private CUevent event() {
    var event = new CUevent();
    check(
        JCudaDriver.cuEventCreate(event, CUevent_flags.CU_EVENT_DISABLE_TIMING), "making an event");
    return event;
  }

  void unpin(Pinned pinned) {
    pinnedMemory.remove(pinned);
    JCudaDriver.cuEventDestroy(pinned.copied());
    JCudaDriver.cuEventDestroy(pinned.marked());
    JCudaDriver.cuMemFreeHost(pinned.pinned());
  }

  /** Begins to copy the first bytes of pinned memory to the device. */
  void copyIn(Pinned source, long target, long bytes) {
    copyIn(source, target, bytes, stream);
  }

  private void copyIn(Pinned source, long target, long bytes, CUstream on) {
    check(
        JCudaDriver.cuMemcpyHtoDAsync(
            new DevicePointer(target), new HostPointer(source.memory()), bytes, on),
        "copying " + bytes + " bytes to the device");
    check(JCudaDriver.cuEventRecord(source.copied(), on), "recording an event");
  }

  /** What was asked for up to now comes before the next copy ahead from this memory. */
  void mark(Pinned pinned) {
    check(JCudaDriver.cuEventRecord(pinned.marked(), stream), "recording an event");
  }

  /**
   * Begins to copy beside what was asked for since the mark; what is asked for from now on waits.
   */
  void copyAhead(Pinned source, long target, long bytes) {
    check(JCudaDriver.cuStreamWaitEvent(copies, source.marked(), 0), "waiting for an event");
    copyIn(source, target, bytes, copies);
    check(JCudaDriver.cuStreamWaitEvent(stream, source.copied(), 0), "waiting for an event");
  }

  /** Begins to copy from the device to pinned memory. */
  void copyOut(long source, Pinned target, long bytes) {
    check(
        JCudaDriver.cuMemcpyDtoHAsync(
            new HostPointer(target.memory()), new DevicePointer(source), bytes, stream),
        "copying " + bytes + " bytes from the device");
    check(JCudaDriver.cuEventRecord(target.copied(), stream), "recording an event");
  }

  /** Waits for the last copy from or to pinned memory. */
  void await(Pinned pinned) {
    check(JCudaDriver.cuEventSynchronize(pinned.copied()), "waiting for a copy");
  }

  // ---- kernels

  /**
   * Loads the first image that the driver takes. It refuses a cubin that is newer than itself, and
   * compiles PTX instead.
   */
  CUmodule load(String family, List<KernelBinaries.Image> images) {
    var module = new CUmodule();
    int status = CUresult.CUDA_ERROR_NO_BINARY_FOR_GPU;
    for (KernelBinaries.Image image : images) {
      status = JCudaDriver.cuModuleLoadData(module, image.bytes());
      if (!isRefusal(status)) {
        break;
      }
    }
    check(status, "loading the kernels of " + family);
    modules.add(module);
    return module;
  }

  private static boolean isRefusal(int status) {
    return status == CUresult.CUDA_ERROR_NO_BINARY_FOR_GPU
        || status == CUresult.CUDA_ERROR_INVALID_IMAGE
        || status == CUresult.CUDA_ERROR_INVALID_SOURCE
        || status == CUresult.CUDA_ERROR_UNSUPPORTED_PTX_VERSION;
  }

  CUfunction function(CUmodule module, String name) {
    var function = new CUfunction();
    check(JCudaDriver.cuModuleGetFunction(function, module, name), "looking up kernel " + name);
    return function;
  }

  /** The shared memory that each group of a kernel takes. */
  long sharedBytes(CUfunction function) {
    int[] bytes = new int[1];
    check(
        JCudaDriver.cuFuncGetAttribute(
            bytes, CUfunction_attribute.CU_FUNC_ATTRIBUTE_SHARED_SIZE_BYTES, function),
        "asking for a kernel's shared memory");
    return bytes[0];
  }

  /** The most shared memory that a group may have whose kernel asks for it. */
  int largestSharedBytes() {
    int[] bytes = new int[1];
    check(
        JCudaDriver.cuDeviceGetAttribute(
            bytes,
            CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN,
            handle),
        "asking for its shared memory");
    return bytes[0];
  }

  /** Lets launches of a kernel give it as much shared memory as there is. */
  void allowShared(CUfunction function) {
    int bytes = largestSharedBytes();
    check(
        JCudaDriver.cuFuncSetAttribute(
            function, CUfunction_attribute.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES, bytes),
        "allowing a kernel " + bytes + " bytes of shared memory");
  }

  /** Launches a kernel. */
  void launch(KernelLaunch launch) {
    history.add(launch.name(), launch.groups(), launch.groupSize());
    byte[] packed = launch.parameters();
    HostMemory.copy(MemorySegment.ofArray(packed), 0, parameters, 0, packed.length);
    parameterBytes.set(ValueLayout.JAVA_LONG, 0, packed.length);
    check(
        JCudaDriver.cuLaunchKernel(
            launch.function(),
            launch.groups(),
            1,
            1,
            launch.groupSize(),
            1,
            1,
            launch.sharedBytes(),
            stream,
            null,
            extra),
        "launching kernel " + launch.name());
    if (blocking) {
      synchronize();
    }
  }

  /**
   * Launches that the driver repeats in one call.
   *
   * @param name for messages
   * @param launches how many
   * @param handle the driver's
   */
  record Graph(String name, int launches, CUgraphExec handle) {}

  /**
   * Makes a graph of launches, in their order, without doing them.
   *
   * @throws DeviceException if the driver makes none; then nothing was launched
   */
  Graph capture(String name, List<KernelLaunch> launches) {
    check(
        JCudaDriver.cuStreamBeginCapture(
            stream, CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_THREAD_LOCAL),
        "beginning to capture step '" + name + "'");
    var graph = new CUgraph();
    int ended;
    try {
      launches.forEach(this::launch);
    } finally {
      ended = JCudaDriver.cuStreamEndCapture(stream, graph);
    }
    check(ended, "capturing step '" + name + "'");
    try {
      var executable = new CUgraphExec();
      check(JCudaDriver.cuGraphInstantiate(executable, graph, 0), "preparing step '" + name + "'");
      graphs.add(executable);
      return new Graph(name, launches.size(), executable);
    } finally {
      JCudaDriver.cuGraphDestroy(graph);
    }
  }

  /** Does the launches of a graph. */
  void repeat(Graph graph) {
    history.addRepetition(graph.name(), graph.launches());
    check(
        JCudaDriver.cuGraphLaunch(graph.handle(), stream), "repeating step '" + graph.name() + "'");
  }

  /** Forgets a graph once what was asked of it has been done. */
  void destroy(Graph graph) {
    graphs.remove(graph.handle());
    JCudaDriver.cuGraphExecDestroy(graph.handle());
  }

  /** Waits until everything asked for has been done. */
  void synchronize() {
    check(JCudaDriver.cuStreamSynchronize(stream), "waiting for the device");
  }

  /** Gives everything back but the memory, whatever has failed before. */
  void close() {
    JCudaDriver.cuStreamSynchronize(copies);
    JCudaDriver.cuStreamSynchronize(stream);
    List.copyOf(pinnedMemory).forEach(this::unpin);
    graphs.forEach(JCudaDriver::cuGraphExecDestroy);
    modules.forEach(JCudaDriver::cuModuleUnload);
    JCudaDriver.cuStreamDestroy(copies);
    JCudaDriver.cuStreamDestroy(stream);
    JCudaDriver.cuDevicePrimaryCtxRelease(handle);
    arena.close();
  }

  // ---- failures

  /** The driver's name and number of a status. */
  static String describe(int status) {
    return CUresult.stringFor(status) + " (" + status + ")";
  }

  private void check(int status, String doing) {
    if (status != CUresult.CUDA_SUCCESS) {
      throw new DeviceException(
          "device "
              + device
              + ": "
              + doing
              + " failed: "
              + describe(status)
              + "; "
              + history.text());
    }
  }
}
