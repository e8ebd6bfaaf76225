package org.wardlock.kernels.cuda;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;
import org.wardlock.kernels.cuda.tensorcore.TensorCores;
import org.wardlock.kernels.cuda.tensorcore.TensorModules;
import org.wardlock.kernels.source.DeviceKernels;
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
import org.wardlock.tensor.DeviceException;
import org.wardlock.tensor.spi.Backend;
import org.wardlock.tensor.spi.RepeatedWork;

/**
 * One NVIDIA GPU through JCuda's driver API. Launches are checked where they are asked for and
 * handed to the device's thread, which nobody waits for; a copy to the host, {@link #synchronize}
 * and new memory are what waits. A fault of the device, or a launch that the driver refused, is
 * reported by the next call of any kind, with the names of the last launches, and by every later
 * one: nothing that was computed since can be trusted.
 *
 * <p>With the system property {@code wardlock.cuda.blocking} each launch is waited for, so that a
 * fault is reported by the one that caused it. With {@code wardlock.cuda.graphs=false} no work is
 * repeated by graphs. With {@code wardlock.cuda.tf32} products of float32 may round their operands
 * to tf32, which is faster and keeps three digits; without it they do not. With {@code
 * wardlock.cuda.warpgroups} products of bf16 are hopper_gemm.cu's on compute capability 9.0: not by
 * default, because that has run on a model of a GPU only.
 */
final class CudaRuntime implements GpuRuntime {
  private static final boolean BLOCKING = Boolean.getBoolean("wardlock.cuda.blocking");
  private static final boolean GRAPHS =
      Boolean.parseBoolean(System.getProperty("wardlock.cuda.graphs", "true"));

  private final Device device;
  private final CudaDevice cudaDevice;
  private final KernelBinaries binaries;
  private final DeviceThread thread;
  private final CudaStream stream;
  private final DeviceMemory<Long> memory;
  private final Staging staging;
  private final Inputs inputs;
  private final AtomicBoolean closed = new AtomicBoolean();
  private final boolean tf32 = Boolean.getBoolean("wardlock.cuda.tf32");
  private final boolean warpgroups = Boolean.getBoolean("wardlock.cuda.warpgroups");

  /** Who sees what a thread asks for: while it runs work that is to be repeated. */
  private final ThreadLocal<RepeatedLaunches.Observer> observers = new ThreadLocal<>();

  CudaRuntime(Device device, CudaDevice cudaDevice, KernelBinaries binaries) {
    this.device = device;
    this.cudaDevice = cudaDevice;
    this.binaries = binaries;
    this.thread = new DeviceThread(device);
    try {
      this.stream = thread.call(() -> new CudaStream(device, cudaDevice.handle(), BLOCKING));
    } catch (DeviceException e) {
      thread.close(() -> {});
      throw e;
    }
    // all of a GPU's memory is for whoever computes on it: what is kept is not limited
    this.memory = new DeviceMemory<>(device, new Source(), Long.MAX_VALUE);
    this.staging = new Staging(bytes -> new CudaPinned(thread, stream, bytes));
    this.inputs = new Inputs(memory::allocate, bytes -> new CudaPinned(thread, stream, bytes));
  }

  private final class Source implements DeviceMemory.Source<Long> {
    @Override
    public Optional<Long> allocate(long bytes) {
      long address = thread.call(() -> stream.allocate(bytes));
      return address == 0 ? Optional.empty() : Optional.of(address);
    }

    @Override
    public void free(List<Long> addresses) {
      thread.run(() -> stream.free(addresses));
    }

    @Override
    public void poison(Long address, long bytes) {
      thread.post(() -> stream.poison(address, bytes));
    }
  }

  @Override
  public Device device() {
    return device;
  }

  @Override
  public String description() {
    return cudaDevice.description();
  }

  @Override
  public String dialect() {
    return "cuda.h";
  }

  // ---- memory

  @Override
  public GpuMemory allocate(long bytes) {
    RepeatedLaunches.Observer observer = observers.get();
    if (observer == null) {
      return memory.allocate(bytes);
    }
    DeviceMemory.Piece<Long> piece = observer.allocate(bytes);
    observer.recording.allocated(piece.handle());
    return piece;
  }

  @Override
  public void trim() {
    inputs.trim();
    memory.trim();
  }

  static long address(GpuMemory memory) {
    return piece(memory).handle();
  }

  @SuppressWarnings("unchecked") // all memory of this runtime is named by addresses
  private static DeviceMemory.Piece<Long> piece(GpuMemory memory) {
    return (DeviceMemory.Piece<Long>) Inputs.unwrapped(memory);
  }

  @Override
  public void upload(MemorySegment source, GpuMemory target, long offset) {
    notRepeatable("it copies " + source.byteSize() + " bytes to the device");
    staging.upload(source, target, offset);
  }

  @Override
  public GpuMemory uploadAhead(MemorySegment source) {
    if (source.byteSize() < Inputs.SMALLEST || isObserved()) {
      return GpuRuntime.super.uploadAhead(source);
    }
    return inputs.upload(source);
  }

  @Override
  public void download(GpuMemory source, long offset, MemorySegment target) {
    notRepeatable("it reads " + target.byteSize() + " bytes back from the device");
    staging.download(source, offset, target);
  }

  // ---- kernels

  /**
   * A kernel.
   *
   * @param localBytes the shared memory that it has by itself
   * @param sharedBytes what each of its launches gives to a group beyond that
   */
  private record Kernel(
      KernelSignature signature, CUfunction function, long localBytes, int sharedBytes)
      implements GpuKernel {
    @Override
    public String name() {
      return signature.name();
    }
  }

  @Override
  public GpuProgram build(String name, String source) {
    Manifest.Family family = binaries.family(name, source);
    var images = KernelBinaries.images(family, cudaDevice.major(), cudaDevice.minor());
    CUmodule module = thread.call(() -> stream.load(name, images));
    return kernelName -> kernel(name, family, module, kernelName, 0);
  }

  private Kernel kernel(
      String familyName, Manifest.Family family, CUmodule module, String name, int sharedBytes) {
    KernelSignature signature = family.kernels().get(name);
    if (signature == null) {
      throw new IllegalArgumentException(
          "the kernels of "
              + familyName
              + " have no "
              + name
              + ", but "
              + family.kernels().keySet());
    }
    return thread.call(
        () -> {
          CUfunction function = stream.function(module, name);
          if (sharedBytes > 0) {
            stream.allowShared(function);
          }
          return new Kernel(signature, function, stream.sharedBytes(function), sharedBytes);
        });
  }

  @Override
  public DeviceKernels ownKernels(Backend backend) {
    return new TensorCores(new OwnModules(), backend, tf32);
  }

  /** The kernels that CUDA alone has. */
  private final class OwnModules implements TensorModules {
    private final KernelBinaries own = KernelBinaries.loadOwn();
    private final ConcurrentHashMap<String, CUmodule> modules = new ConcurrentHashMap<>();
    private final int largestSharedBytes = thread.call(stream::largestSharedBytes);

    @Override
    public boolean hasWarpgroups() {
      return warpgroups && cudaDevice.major() == 9 && cudaDevice.minor() == 0;
    }

    @Override
    public int largestSharedBytes() {
      return largestSharedBytes;
    }

    @Override
    public GpuKernel kernel(String familyName, String name, int sharedBytes) {
      Manifest.Family family = own.manifest().families().get(familyName);
      CUmodule module =
          modules.computeIfAbsent(
              familyName,
              _ -> {
                var images = KernelBinaries.images(family, cudaDevice.major(), cudaDevice.minor());
                return thread.call(() -> stream.load(familyName, images));
              });
      return CudaRuntime.this.kernel(familyName, family, module, name, sharedBytes);
    }

    @Override
    public void launch(GpuKernel kernel, int blocks, int threads, KernelArguments arguments) {
      CudaRuntime.this.launch(kernel, blocks, threads, arguments);
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
    Kernel own = (Kernel) kernel;
    byte[] parameters = own.signature().pack(arguments.list(), CudaRuntime::address);
    var launch =
        new KernelLaunch(
            own.signature(), own.function(), groups, groupSize, own.sharedBytes(), parameters);
    RepeatedLaunches.Observer observer = observers.get();
    if (observer == null) {
      launch(launch);
    } else {
      observer.recording.launched(launch, arguments.storages());
      observer.launch(launch, pieces(observer, arguments));
    }
  }

  private static List<DeviceMemory.Piece<Long>> pieces(
      RepeatedLaunches.Observer observer, KernelArguments arguments) {
    var pieces = new ArrayList<DeviceMemory.Piece<Long>>();
    for (Argument argument : arguments.list()) {
      if (argument instanceof Argument.Memory(GpuMemory used)) {
        if (used instanceof Inputs.Input) {
          // its place will hold another input soon
          observer.obstacle("it reads bytes that were uploaded outside: make them an input");
        }
        pieces.add(piece(used));
      }
    }
    return pieces;
  }

  /** Hands a launch to the device's thread. */
  void launch(KernelLaunch launch) {
    if (BLOCKING) {
      thread.run(() -> stream.launch(launch));
    } else {
      thread.post(() -> stream.launch(launch));
    }
  }

  @Override
  public void synchronize() {
    notRepeatable("it waits for the device");
    thread.run(stream::synchronize);
  }

  // ---- repetition

  @Override
  public Optional<RepeatedWork> repeated(String name, Runnable work) {
    boolean useful = GRAPHS && !BLOCKING;
    return useful ? Optional.of(new RepeatedLaunches(name, work, this, memory)) : Optional.empty();
  }

  /** Whether somebody sees what this thread asks for. */
  boolean isObserved() {
    return observers.get() != null;
  }

  /** Runs work while somebody sees what it asks for. */
  void observe(RepeatedLaunches.Observer observer, Runnable work) {
    observers.set(observer);
    try {
      work.run();
    } finally {
      observers.remove();
    }
  }

  private void notRepeatable(String what) {
    RepeatedLaunches.Observer observer = observers.get();
    if (observer != null) {
      observer.obstacle(what);
    }
  }

  /**
   * A graph of launches that have not been done.
   *
   * @throws DeviceException if the driver makes none
   */
  CudaStream.Graph capture(String name, List<KernelLaunch> launches) {
    return thread.call(() -> stream.capture(name, launches));
  }

  void repeat(CudaStream.Graph graph) {
    thread.post(() -> stream.repeat(graph));
  }

  void destroy(CudaStream.Graph graph) {
    try {
      thread.post(() -> stream.destroy(graph));
    } catch (DeviceException _) {
      // closed or failed: graphs go with the stream
    }
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      try {
        synchronize();
        inputs.close();
        memory.close();
      } finally {
        thread.close(stream::close);
      }
    }
  }
}
