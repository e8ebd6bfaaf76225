package org.wardlock.kernels.cuda;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;
import org.wardlock.kernels.cuda.tensorcore.TensorCores;
import org.wardlock.kernels.cuda.tensorcore.TensorModules;
import org.wardlock.kernels.source.DeviceKernels;
import org.wardlock.kernels.source.GpuKernel;
import org.wardlock.kernels.source.GpuMemory;
import org.wardlock.kernels.source.GpuProgram;
import org.wardlock.kernels.source.GpuRuntime;
import org.wardlock.kernels.source.KernelArguments;
import org.wardlock.kernels.source.KernelLibrary;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.DeviceException;
import org.wardlock.tensor.spi.Backend;

/**
 * One NVIDIA GPU through JCuda's driver API. Launches are checked where they are asked for and
 * handed to the device's thread, which nobody waits for; a copy to the host, {@link #synchronize}
 * and new memory are what waits. A fault of the device, or a launch that the driver refused, is
 * reported by the next call of any kind, with the names of the last launches, and by every later
 * one: nothing that was computed since can be trusted.
 *
 * <p>With the system property {@code wardlock.cuda.blocking} each launch is waited for, so that a
 * fault is reported by the one that caused it. With {@code wardlock.cuda.tf32} products of float32
 * may round their operands to tf32, which is faster and keeps three digits; without it they do not.
 */
final class CudaRuntime implements GpuRuntime {
  private static final boolean BLOCKING = Boolean.getBoolean("wardlock.cuda.blocking");
  private static final boolean TF32 = Boolean.getBoolean("wardlock.cuda.tf32");

  private final Device device;
  private final CudaDevice cudaDevice;
  private final KernelBinaries binaries;
  private final DeviceThread thread;
  private final CudaStream stream;
  private final DeviceMemory memory;
  private final Staging staging;
  private final AtomicBoolean closed = new AtomicBoolean();

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
    this.staging = new Staging(thread, stream);
    this.memory =
        new DeviceMemory(
            device,
            new DeviceMemory.Source() {
              @Override
              public long allocate(long bytes) {
                return thread.call(() -> stream.allocate(bytes));
              }

              @Override
              public void free(List<Long> addresses) {
                thread.run(() -> stream.free(addresses));
              }
            });
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
    return memory.allocate(bytes);
  }

  @Override
  public void trim() {
    memory.trim();
  }

  private static long address(GpuMemory memory) {
    return ((DeviceMemory.Piece) memory).address();
  }

  @Override
  public void upload(MemorySegment source, GpuMemory target, long offset) {
    staging.upload(source, address(target) + offset);
  }

  @Override
  public void download(GpuMemory source, long offset, MemorySegment target) {
    staging.download(address(source) + offset, target);
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
            stream.allowShared(function, sharedBytes);
          }
          return new Kernel(signature, function, stream.sharedBytes(function), sharedBytes);
        });
  }

  @Override
  public DeviceKernels ownKernels(Backend backend) {
    return new TensorCores(new OwnModules(), backend, TF32);
  }

  /** The kernels that CUDA alone has. */
  private final class OwnModules implements TensorModules {
    private final KernelBinaries own = KernelBinaries.loadOwn();
    private final ConcurrentHashMap<String, CUmodule> modules = new ConcurrentHashMap<>();
    private final int largestSharedBytes = thread.call(stream::largestSharedBytes);

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
    Runnable launch =
        () ->
            stream.launch(
                own.name(), own.function(), groups, groupSize, own.sharedBytes(), parameters);
    if (BLOCKING) {
      thread.run(launch);
    } else {
      thread.post(launch);
    }
  }

  @Override
  public void synchronize() {
    thread.run(stream::synchronize);
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      try {
        synchronize();
        memory.trim();
      } finally {
        thread.close(
            () -> {
              staging.unpin();
              stream.close();
            });
      }
    }
  }
}
