package org.wardlock.kernels.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.wardlock.kernels.cuda.tensorcore.TensorCores;
import org.wardlock.kernels.cuda.tensorcore.TensorModules;
import org.wardlock.kernels.source.DeviceKernels;
import org.wardlock.kernels.source.GpuKernel;
import org.wardlock.kernels.source.GpuMemory;
import org.wardlock.kernels.source.GpuProgram;
import org.wardlock.kernels.source.GpuRuntime;
import org.wardlock.kernels.source.KernelArguments;
import org.wardlock.kernels.source.KernelArguments.Argument;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.spi.Backend;
import org.wardlock.tensor.spi.HostMemory;

/**
 * Runs the kernels that CUDA alone has on the CPU, as emulation.h models a GPU: compiled by g++
 * from the sources that nvcc compiles, and launched with the arguments that a GPU would get, packed
 * by the signatures of the manifest. Of the shared kernels it has the one that copies.
 */
@SuppressWarnings("restricted")
final class EmulatedGpu implements GpuRuntime {
  /** As an A100 has, or where there are warpgroups an H100. */
  private static final int SHARED_BYTES = 163 * 1024;

  private static final int WARPGROUP_SHARED_BYTES = 227 * 1024;

  private static final int ALIGNMENT = 256;
  private static final int MESSAGE_BYTES = 512;
  private static final byte POISON = (byte) 0xFF;
  private static final MemoryLayout REGION = MemoryLayout.structLayout(JAVA_LONG, JAVA_LONG);
  private static final FunctionDescriptor EMULATE =
      FunctionDescriptor.of(
          JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, JAVA_INT, ADDRESS,
          ADDRESS);

  private final Arena arena = Arena.ofShared();
  private final Map<String, SymbolLookup> families;
  private final boolean tf32;
  private final boolean warpgroups;
  private final TreeSet<String> launched = new TreeSet<>();
  private long conflicts;

  /**
   * A device.
   *
   * @param families the emulated families by name: see {@link EmulatedFamilies}
   * @param tf32 whether float32 may be rounded
   */
  EmulatedGpu(Map<String, SymbolLookup> families, boolean tf32) {
    this(families, tf32, false);
  }

  /** A device that may have warpgroups. */
  EmulatedGpu(Map<String, SymbolLookup> families, boolean tf32, boolean warpgroups) {
    this.families = families;
    this.tf32 = tf32;
    this.warpgroups = warpgroups;
  }

  /** The kernels that were launched. */
  TreeSet<String> launched() {
    return launched;
  }

  /** How often lanes of a warp met in a bank of shared memory. */
  long conflicts() {
    return conflicts;
  }

  @Override
  public Device device() {
    return Device.cuda(0);
  }

  @Override
  public String description() {
    return "emulated";
  }

  @Override
  public String dialect() {
    return CudaBinaries.DIALECT;
  }

  private record Piece(MemorySegment segment) implements GpuMemory {
    @Override
    public void free() {
      // with the arena
    }
  }

  @Override
  public GpuMemory allocate(long bytes) {
    return new Piece(arena.allocate(bytes, ALIGNMENT).fill(POISON));
  }

  @Override
  public void upload(MemorySegment source, GpuMemory target, long offset) {
    HostMemory.copy(source, 0, ((Piece) target).segment(), offset, source.byteSize());
  }

  @Override
  public void download(GpuMemory source, long offset, MemorySegment target) {
    HostMemory.copy(((Piece) source).segment(), offset, target, 0, target.byteSize());
  }

  @Override
  public GpuProgram build(String name, String source) {
    return kernel -> {
      if (!name.equals("movement") || !kernel.startsWith("copy")) {
        throw new UnsupportedOperationException(
            "the emulated device has no shared kernels, and was asked for " + kernel);
      }
      return new Copy(kernel, Integer.parseInt(kernel.substring("copy".length())));
    };
  }

  /** The one shared kernel that those of src/main/cuda need, for elements of so many bytes. */
  private record Copy(String name, int bytes) implements GpuKernel {
    @Override
    public long localBytes() {
      return 0;
    }

    /** Copies from one view to another: structs Extents and View of common.h. */
    void run(List<Argument> arguments) {
      int[] extents = ((Argument.Words) arguments.get(0)).words();
      MemorySegment source = segment(arguments.get(1));
      int[] from = ((Argument.Words) arguments.get(2)).words();
      MemorySegment target = segment(arguments.get(3));
      int[] to = ((Argument.Words) arguments.get(4)).words();
      for (int i = 0; i < extents[0]; i++) {
        HostMemory.copy(
            source,
            (long) position(i, extents, from) * bytes,
            target,
            (long) position(i, extents, to) * bytes,
            bytes);
      }
    }

    private static int position(int index, int[] extents, int... view) {
      int position = view[0];
      int left = index;
      for (int axis = extents[1] - 1; axis >= 0; axis--) {
        position += left % extents[2 + axis] * view[1 + axis];
        left /= extents[2 + axis];
      }
      return position;
    }
  }

  private static MemorySegment segment(Argument memory) {
    return ((Piece) ((Argument.Memory) memory).memory()).segment();
  }

  private record Kernel(KernelSignature signature, SymbolLookup family, int sharedBytes)
      implements GpuKernel {
    @Override
    public String name() {
      return signature.name();
    }

    @Override
    public long localBytes() {
      return 0;
    }
  }

  @Override
  public DeviceKernels ownKernels(Backend backend) {
    Manifest manifest = KernelBinaries.loadOwn().manifest();
    return new TensorCores(
        new TensorModules() {
          @Override
          public boolean hasWarpgroups() {
            return warpgroups;
          }

          @Override
          public int largestSharedBytes() {
            return warpgroups ? WARPGROUP_SHARED_BYTES : SHARED_BYTES;
          }

          @Override
          public GpuKernel kernel(String family, String name, int sharedBytes) {
            KernelSignature signature = manifest.families().get(family).kernels().get(name);
            return new Kernel(signature, families.get(family), sharedBytes);
          }

          @Override
          public void launch(GpuKernel kernel, int blocks, int threads, KernelArguments arguments) {
            EmulatedGpu.this.launch(kernel, blocks, threads, arguments);
          }
        },
        backend,
        tf32);
  }

  @Override
  public void launch(GpuKernel kernel, int groups, int groupSize, KernelArguments arguments) {
    if (kernel instanceof Copy copy) {
      copy.run(arguments.list());
      return;
    }
    Kernel own = (Kernel) kernel;
    launched.add(own.name());
    byte[] packed =
        own.signature().pack(arguments.list(), memory -> ((Piece) memory).segment().address());
    List<MemorySegment> reachable =
        arguments.list().stream()
            .filter(Argument.Memory.class::isInstance)
            .map(EmulatedGpu::segment)
            .toList();
    try (Arena call = Arena.ofConfined()) {
      MemorySegment parameters = call.allocate(Math.max(1, packed.length), Long.BYTES);
      HostMemory.copy(MemorySegment.ofArray(packed), 0, parameters, 0, packed.length);
      MemorySegment regions = call.allocate(REGION, Math.max(1, reachable.size()));
      for (int i = 0; i < reachable.size(); i++) {
        regions.setAtIndex(JAVA_LONG, 2L * i, reachable.get(i).address());
        regions.setAtIndex(JAVA_LONG, 2L * i + 1, reachable.get(i).byteSize());
      }
      MemorySegment message = call.allocate(MESSAGE_BYTES, 1);
      MemorySegment met = call.allocate(JAVA_LONG);
      int failed =
          (int)
              Linker.nativeLinker()
                  .downcallHandle(own.family().findOrThrow("emulate"), EMULATE)
                  .invokeWithArguments(
                      call.allocateFrom(own.name()),
                      groups,
                      groupSize,
                      own.sharedBytes(),
                      parameters,
                      regions,
                      reachable.size(),
                      message,
                      met);
      conflicts += met.get(JAVA_LONG, 0);
      if (failed != 0) {
        throw new EmulationException("kernel " + own.name() + ": " + message.getString(0));
      }
    } catch (EmulationException e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(own.name(), e);
    }
  }

  /** What the emulation found wrong with a kernel. */
  static final class EmulationException extends RuntimeException {
    private static final long serialVersionUID = 1;

    EmulationException(String message) {
      super(message);
    }
  }

  @Override
  public void synchronize() {
    // launches have been waited for
  }

  @Override
  public void close() {
    arena.close();
  }
}
