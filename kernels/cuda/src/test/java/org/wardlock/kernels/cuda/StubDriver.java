package org.wardlock.kernels.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.wardlock.tensor.spi.HostMemory;

/**
 * The stub of NVIDIA's driver (stub.c), compiled when first needed into the folder where the loader
 * of this JVM looks for it. See the execution "stub-driver" in the pom.
 */
@SuppressWarnings("restricted")
final class StubDriver {
  /** Statuses of the driver. */
  static final int OUT_OF_MEMORY = 2;

  static final int NO_DEVICE = 100;
  static final int ILLEGAL_ADDRESS = 700;
  static final int LAUNCH_OUT_OF_RESOURCES = 701;

  private static final MemoryLayout LAUNCH =
      MemoryLayout.structLayout(
          MemoryLayout.sequenceLayout(64, JAVA_BYTE),
          JAVA_INT,
          JAVA_INT,
          JAVA_LONG,
          MemoryLayout.sequenceLayout(4096, JAVA_BYTE));
  private static final long GROUPS_AT = 64;
  private static final long GROUP_SIZE_AT = 68;
  private static final long BYTES_AT = 72;
  private static final long PARAMETERS_AT = 80;

  private static StubDriver loaded;

  private final SymbolLookup symbols;

  private StubDriver(SymbolLookup symbols) {
    this.symbols = symbols;
  }

  /** The stub as if nothing had been done with it; skips the test where there is no gcc. */
  static synchronized StubDriver fresh() {
    if (loaded == null) {
      String folder = System.getProperty("wardlock.stub-driver");
      assumeTrue(folder != null, "the stub of libcuda is not where this JVM would load it");
      loaded = new StubDriver(SymbolLookup.libraryLookup(compile(Path.of(folder)), Arena.global()));
    }
    loaded.call("stub_reset", FunctionDescriptor.ofVoid());
    return loaded;
  }

  private static Path compile(Path folder) {
    Path library = folder.resolve("libcuda.so.1");
    try (InputStream source = StubDriver.class.getResourceAsStream("stub.c")) {
      Files.createDirectories(folder);
      Path file = folder.resolve("stub.c");
      Files.write(file, source.readAllBytes());
      Process gcc;
      try {
        gcc =
            new ProcessBuilder(
                    "gcc",
                    "-shared",
                    "-fPIC",
                    "-O1",
                    "-Wall",
                    "-Werror",
                    "-Wl,-soname,libcuda.so.1",
                    "-o",
                    library.toString(),
                    file.toString())
                .redirectErrorStream(true)
                .start();
      } catch (IOException e) {
        return abort("no gcc to make the stub of libcuda with: " + e.getMessage());
      }
      String output = new String(gcc.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertEquals(0, gcc.waitFor(), output);
      return library;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Makes a call of the driver fail, the next or one after so many. */
  void fail(String function, int after, int status) {
    try (Arena arena = Arena.ofConfined()) {
      call(
          "stub_fail",
          FunctionDescriptor.ofVoid(ADDRESS, JAVA_INT, JAVA_INT),
          arena.allocateFrom(function),
          after,
          status);
    }
  }

  /** Lets a kernel, the next or one after so many, cause a fault that shows when somebody waits. */
  void fault(int after, int status) {
    call("stub_fault", FunctionDescriptor.ofVoid(JAVA_INT, JAVA_INT), after, status);
  }

  /** What devices there are. */
  void device(int count, int major, int minor, long memory) {
    call(
        "stub_device",
        FunctionDescriptor.ofVoid(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG),
        count,
        major,
        minor,
        memory);
  }

  /** Makes the driver take PTX alone, as an old one does. */
  void refuseCubins() {
    call("stub_refuse_cubins", FunctionDescriptor.ofVoid());
  }

  /** Whether the last image was PTX. */
  boolean loadedPtx() {
    return number("stub_loaded_ptx") == 1;
  }

  /** Device memory that is allocated. */
  long memoryUsed() {
    return (long) call("stub_memory_used", FunctionDescriptor.of(JAVA_LONG));
  }

  /** Plants an error: graphs do their first two launches in the wrong order. */
  void swapInGraphs() {
    call("stub_swap_in_graphs", FunctionDescriptor.ofVoid());
  }

  /** Copies to the device, events and waits for them, in the order they were asked for. */
  List<String> trace() {
    var text = (MemorySegment) call("stub_trace", FunctionDescriptor.of(ADDRESS));
    return text.reinterpret(Long.MAX_VALUE).getString(0).lines().toList();
  }

  /** How often a graph was launched. */
  int graphLaunches() {
    return number("stub_graph_launches");
  }

  /** Contexts, streams, events, modules, graphs and pinned pieces that are open. */
  int openHandles() {
    return number("stub_open_handles");
  }

  int launches() {
    return number("stub_launches");
  }

  private int number(String function) {
    return (int) call(function, FunctionDescriptor.of(JAVA_INT));
  }

  /**
   * A launch as it reached the driver.
   *
   * @param parameters the buffer, in the machine's byte order
   */
  record Launch(String kernel, int groups, int groupSize, ByteBuffer parameters) {}

  /** A launch by its number, from 0. */
  Launch launch(int index) {
    assertTrue(index < launches(), "there were only " + launches() + " launches");
    var address =
        (MemorySegment) call("stub_launch", FunctionDescriptor.of(ADDRESS, JAVA_INT), index);
    MemorySegment launch = address.reinterpret(LAUNCH.byteSize());
    byte[] parameters = new byte[Math.toIntExact(launch.get(JAVA_LONG, BYTES_AT))];
    HostMemory.copy(launch, PARAMETERS_AT, MemorySegment.ofArray(parameters), 0, parameters.length);
    return new Launch(
        launch.getString(0),
        launch.get(JAVA_INT, GROUPS_AT),
        launch.get(JAVA_INT, GROUP_SIZE_AT),
        ByteBuffer.wrap(parameters).order(ByteOrder.nativeOrder()));
  }

  private Object call(String function, FunctionDescriptor descriptor, Object... arguments) {
    try {
      return Linker.nativeLinker()
          .downcallHandle(symbols.findOrThrow(function), descriptor)
          .invokeWithArguments(arguments);
    } catch (Throwable e) {
      throw new AssertionError(function, e);
    }
  }
}
