package org.wardlock.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.wardlock.kernels.cuda.KernelSignature.Parameter;
import org.wardlock.kernels.source.GpuBackend;
import org.wardlock.kernels.source.Inputs;
import org.wardlock.kernels.source.Staging;
import org.wardlock.tensor.DType;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.DeviceException;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.spi.Backend;
import org.wardlock.tensor.spi.BackendProvider.Availability;
import org.wardlock.tensor.spi.Layout;
import org.wardlock.tensor.spi.Operand;
import org.wardlock.tensor.spi.Storage;

/** The runtime over a driver that only takes notes: what reaches it, and what its errors become. */
@Tag("stub-driver")
class StubRuntimeTest {
  private static final int COUNT = 10;
  private static final long MEBIBYTE = 1 << 20;

  private final StubDriver stub = StubDriver.fresh();
  private final CudaBackendProvider provider = new CudaBackendProvider();
  private Backend backend;

  @BeforeEach
  void open() {
    backend = provider.open(0);
  }

  @AfterEach
  void closeAndFindEverythingGivenBack() {
    try {
      backend.close();
    } catch (DeviceException _) {
      // a device that failed says so again
    }
    assertEquals(0, stub.openHandles());
  }

  private Operand operand(DType dtype, int count) {
    return new Operand(backend.allocate(dtype, count), Layout.contiguous(Shape.of(count)));
  }

  // ---- the provider

  @Test
  void devicesAreDescribedInALine() {
    assertEquals(
        new Availability.Available(
            List.of("Stub 0, 0.3 GiB, compute capability 9.0, driver for CUDA 12.6")),
        provider.availability());
    assertEquals(
        "Stub 0, 0.3 GiB, compute capability 9.0, driver for CUDA 12.6", backend.description());
  }

  @Test
  void aDriverWithoutDeviceIsUnavailableWithAReason() {
    stub.fail("cuInit", 0, StubDriver.NO_DEVICE);
    var reason = assertInstanceOf(Availability.Unavailable.class, provider.availability()).reason();
    assertEquals("NVIDIA's driver finds no device: nvidia-smi shows why", reason);
    stub.fail("cuInit", 0, 999);
    reason = assertInstanceOf(Availability.Unavailable.class, provider.availability()).reason();
    assertEquals(
        "NVIDIA's driver fails to start: CUDA_ERROR_UNKNOWN (999); nvidia-smi may show why",
        reason);
  }

  @Test
  void aDeviceThatIsTooOldIsRefused() {
    stub.device(1, 7, 5, MEBIBYTE);
    var error = assertThrows(DeviceException.class, () -> provider.open(0));
    assertTrue(
        error.getMessage().contains("is too old")
            && error.getMessage().contains("compute capability 7.5"),
        error.getMessage());
  }

  @Test
  void aDeviceThatDoesNotOpenLeavesNothingOpen() {
    int before = stub.openHandles();
    stub.fail("cuStreamCreate", 0, StubDriver.OUT_OF_MEMORY);
    var error = assertThrows(DeviceException.class, () -> provider.open(0));
    assertEquals(
        "device cuda:0: making a stream failed: CUDA_ERROR_OUT_OF_MEMORY (2); no kernel was launched"
            + " before",
        error.getMessage());
    assertEquals(before, stub.openHandles());
  }

  @Test
  void nativeCodeIsUnpackedWhereNobodyElseCanPutIt() throws IOException {
    try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      assertEquals(List.of(), files.filter(file -> file.toString().contains("JCuda")).toList());
    }
  }

  // ---- copies

  @Test
  void copiesArriveWhateverTheirSize() {
    long buffers = Staging.BUFFERS * Staging.BUFFER_BYTES;
    for (long size :
        new long[] {1, 63, Staging.BUFFER_BYTES, Staging.BUFFER_BYTES + 1, buffers + 5}) {
      byte[] sent = bytes(0, size);
      byte[] received = new byte[sent.length];
      Storage storage = backend.allocate(DType.U8, size);
      backend.upload(MemorySegment.ofArray(sent), storage, 0);
      backend.download(storage, 0, MemorySegment.ofArray(received));
      assertArrayEquals(sent, received);
      storage.release();
    }
  }

  @Test
  void copiesBeginWhereTheyAreTold() {
    Storage storage = backend.allocate(DType.I32, 4);
    backend.upload(MemorySegment.ofArray(new int[] {1, 2, 3, 4}), storage, 0);
    backend.upload(MemorySegment.ofArray(new int[] {7}), storage, 2);
    int[] received = new int[3];
    backend.download(storage, 1, MemorySegment.ofArray(received));
    assertArrayEquals(new int[] {2, 7, 4}, received);
  }

  @Test
  void memoryThatIsConfinedToItsThreadCanBeCopied() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment host = arena.allocate(16);
      Storage storage = backend.allocate(DType.U8, 16);
      backend.upload(host.fill((byte) 3), storage, 0);
      backend.download(storage, 0, host.fill((byte) 0));
      assertEquals(3, host.get(ValueLayout.JAVA_BYTE, 15));
    }
  }

  // ---- inputs

  private static byte[] bytes(int seed, long count) {
    byte[] bytes = new byte[Math.toIntExact(count)];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (i * 31 + (i >> 12) + seed);
    }
    return bytes;
  }

  private byte[] read(Storage storage) {
    byte[] received = new byte[Math.toIntExact(storage.size())];
    backend.download(storage, 0, MemorySegment.ofArray(received));
    return received;
  }

  /**
   * Each is copied on the other stream, once what was asked for before its place was given back is
   * done; the first stream then waits for it. Of each size there are two places, in turn.
   */
  @Test
  void inputsComeInBesideTheStepBeforeInTwoPlacesInTurn() {
    long size = Inputs.SMALLEST;
    for (int i = 0; i < 4; i++) {
      Storage storage = backend.uploadAhead(DType.U8, MemorySegment.ofArray(bytes(i, size)));
      storage.release();
    }
    backend.synchronize();
    var expected = new ArrayList<String>();
    // each place has two events: its copy, and what comes before the next one
    for (int copied : new int[] {0, 2, 0, 2}) {
      int marked = copied + 1;
      boolean isNew = expected.size() < 10;
      if (isNew) {
        expected.add("event " + marked + " on the first stream");
      }
      expected.add("wait for event " + marked + " on another stream");
      expected.add("copy of bytes " + size + " on another stream");
      expected.add("event " + copied + " on another stream");
      expected.add("wait for event " + copied + " on the first stream");
      expected.add("event " + marked + " on the first stream");
    }
    assertEquals(expected, stub.trace());
  }

  /** The stub copies as late as it may, so that a place filled too early would show. */
  @Test
  void noInputOverwritesAnother() {
    long size = Inputs.SMALLEST + 3;
    for (int i = 0; i < 6; i++) {
      byte[] sent = bytes(i, size);
      byte[] source = sent.clone();
      Storage storage = backend.uploadAhead(DType.U8, MemorySegment.ofArray(source));
      Arrays.fill(source, (byte) 0);
      assertArrayEquals(sent, read(storage), "input " + i);
      storage.release();
    }
    var kept = new ArrayList<Storage>();
    for (int i = 0; i < 6; i++) {
      kept.add(backend.uploadAhead(DType.U8, MemorySegment.ofArray(bytes(i, size))));
    }
    for (int i = 0; i < 6; i++) {
      assertArrayEquals(bytes(i, size), read(kept.get(i)), "kept input " + i);
      kept.get(i).release();
    }
  }

  @Test
  void smallInputsAndEmptyOnesTakeTheUsualWay() {
    Storage storage =
        backend.uploadAhead(DType.U8, MemorySegment.ofArray(bytes(1, Inputs.SMALLEST - 1)));
    assertArrayEquals(bytes(1, Inputs.SMALLEST - 1), read(storage));
    assertEquals(0, backend.uploadAhead(DType.U8, MemorySegment.ofArray(bytes(1, 0))).size());
    assertTrue(
        stub.trace().stream().noneMatch(line -> line.endsWith("another stream")),
        () -> stub.trace().toString());
  }

  @Test
  void trimmingGivesThePlacesOfInputsBack() {
    int before = stub.openHandles();
    long memory = stub.memoryUsed();
    for (int i = 0; i < 3; i++) {
      backend.uploadAhead(DType.U8, MemorySegment.ofArray(bytes(i, Inputs.SMALLEST))).release();
    }
    assertEquals(before + 2 * 3, stub.openHandles()); // each with pinned memory and two events
    backend.trim();
    assertEquals(before, stub.openHandles());
    assertEquals(memory, stub.memoryUsed());
  }

  @Test
  void anInputWithoutRoomIsNamed() {
    stub.device(1, 9, 0, MEBIBYTE);
    byte[] large = bytes(1, 2 * MEBIBYTE);
    var error =
        assertThrows(
            DeviceException.class,
            () -> backend.uploadAhead(DType.U8, MemorySegment.ofArray(large)));
    assertTrue(error.getMessage().contains("no room for 2097152 U8 elements"), error.getMessage());
  }

  // ---- launches

  @Test
  void aLaunchReachesTheDriverAsItWasMeant() {
    backend.fill(operand(DType.F32, COUNT), 1.5);
    backend.synchronize();
    StubDriver.Launch launch = stub.launch(0);
    assertEquals("fill4", launch.kernel());
    assertEquals(1, launch.groups());
    assertEquals(256, launch.groupSize());
    ByteBuffer parameters = launch.parameters();
    assertEquals(92, parameters.capacity());
    assertEquals(COUNT, parameters.getInt(0)); // the extents: count, rank, the only one
    assertEquals(1, parameters.getInt(4));
    assertEquals(COUNT, parameters.getInt(8));
    assertEquals(Float.floatToRawIntBits(1.5f), parameters.getLong(40));
    assertTrue(parameters.getLong(48) != 0);
    assertEquals(0, parameters.getInt(56)); // the view: offset, the only stride
    assertEquals(1, parameters.getInt(60));
  }

  /** The stub refuses calls from threads without a current context. */
  @Test
  void everyThreadMayLaunch() throws InterruptedException {
    Operand out = operand(DType.F32, COUNT);
    var threads = new ArrayList<Thread>();
    for (int i = 0; i < 16; i++) {
      Runnable work =
          () -> {
            for (int j = 0; j < 100; j++) {
              backend.fill(out, j);
            }
          };
      threads.add(i % 2 == 0 ? Thread.ofVirtual().start(work) : Thread.ofPlatform().start(work));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    backend.synchronize();
    assertEquals(1600, stub.launches());
  }

  @Test
  void aKernelThatWasCompiledWithOtherParametersIsNotLaunched() {
    Manifest right = KernelBinaries.load().manifest();
    KernelSignature fill = right.families().get("movement").kernels().get("fill4");
    var wrong = new ArrayList<List<Parameter>>();
    wrong.add(fill.parameters().subList(0, 3));
    var swapped = new ArrayList<>(fill.parameters());
    swapped.set(1, new Parameter(40, 8, true));
    swapped.set(2, new Parameter(48, 8, false));
    wrong.add(swapped);
    var narrow = new ArrayList<>(fill.parameters());
    narrow.set(0, new Parameter(0, 36, false));
    wrong.add(narrow);
    for (List<Parameter> parameters : wrong) {
      try (Backend doctored = withFill(right, new KernelSignature("fill4", parameters))) {
        var out =
            new Operand(doctored.allocate(DType.F32, COUNT), Layout.contiguous(Shape.of(COUNT)));
        var error = assertThrows(IllegalArgumentException.class, () -> doctored.fill(out, 0));
        assertTrue(error.getMessage().startsWith("kernel fill4"), error.getMessage());
        doctored.synchronize();
      }
    }
    assertEquals(0, stub.launches());
  }

  private static Backend withFill(Manifest right, KernelSignature fill) {
    Manifest.Family movement = right.families().get("movement");
    var kernels = new TreeMap<>(movement.kernels());
    kernels.put("fill4", fill);
    var families = new TreeMap<>(right.families());
    families.put(
        "movement", new Manifest.Family(movement.sourceHash(), movement.images(), kernels));
    var binaries = new KernelBinaries(new Manifest(right.compiler(), right.flags(), families));
    return new GpuBackend(new CudaRuntime(Device.cuda(0), CudaDevice.all().getFirst(), binaries));
  }

  @Test
  void aDriverThatRefusesTheMachineCodeGetsPtx() {
    Operand out = operand(DType.F32, COUNT);
    backend.fill(out, 0);
    assertFalse(stub.loadedPtx());
    stub.refuseCubins();
    backend.affine(out, 1, 0, out);
    assertTrue(stub.loadedPtx());
    backend.synchronize();
    assertEquals("affine", stub.launch(1).kernel());
  }

  // ---- memory

  @Test
  void withoutRoomWhatIsIdleGoesFirst() {
    stub.device(1, 9, 0, 10 * MEBIBYTE);
    backend.allocate(DType.U8, 6 * MEBIBYTE).release();
    assertEquals(6 * MEBIBYTE, stub.memoryUsed());
    backend.allocate(DType.U8, 8 * MEBIBYTE).release();
    assertEquals(8 * MEBIBYTE, stub.memoryUsed());
  }

  @Test
  void withoutRoomTheErrorNamesSizeAndDeviceAndWhatIsInUse() {
    stub.device(1, 9, 0, 10 * MEBIBYTE);
    Storage kept = backend.allocate(DType.U8, 6 * MEBIBYTE);
    var error =
        assertThrows(DeviceException.class, () -> backend.allocate(DType.F32, 2 * MEBIBYTE));
    assertTrue(
        error.getMessage().contains("device cuda:0: no room for 2097152 F32 elements")
            && error.getMessage().contains("6291456 bytes in use"),
        error.getMessage());
    kept.release();
    backend.allocate(DType.F32, 2 * MEBIBYTE).release();
  }

  // ---- faults

  @Test
  void aFaultIsReportedWithTheLastLaunchesAndStays() {
    Operand out = operand(DType.F32, COUNT);
    backend.fill(out, 0);
    stub.fault(1, StubDriver.ILLEGAL_ADDRESS);
    backend.affine(out, 2, 1, out);
    backend.fill(out, 1);
    var error = assertThrows(DeviceException.class, backend::synchronize);
    String message =
        "device cuda:0: waiting for the device failed: CUDA_ERROR_ILLEGAL_ADDRESS (700); last"
            + " launches, newest first: fill4 in 1 groups of 256; affine in 1 groups of 256; fill4 in"
            + " 1 groups of 256";
    assertEquals(message, error.getMessage());
    error = assertThrows(DeviceException.class, () -> backend.fill(out, 2));
    assertEquals(message, error.getMessage());
    var received = MemorySegment.ofArray(new float[COUNT]);
    error = assertThrows(DeviceException.class, () -> backend.download(out.storage(), 0, received));
    assertEquals(message, error.getMessage());
    out.storage().release(); // must not throw: scopes close while the error travels
  }

  /** Nobody may read a tensor that was never computed. */
  @Test
  void aRefusedLaunchIsReportedBeforeAnythingIsRead() {
    Operand out = operand(DType.F32, COUNT);
    stub.fail("cuLaunchKernel", 0, StubDriver.LAUNCH_OUT_OF_RESOURCES);
    backend.fill(out, 0);
    var received = MemorySegment.ofArray(new float[COUNT]);
    var error =
        assertThrows(DeviceException.class, () -> backend.download(out.storage(), 0, received));
    assertEquals(
        "device cuda:0: launching kernel fill4 failed: CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES (701); last"
            + " launches, newest first: fill4 in 1 groups of 256",
        error.getMessage());
  }

  @Test
  void aKernelThatIsMissingIsNamed() {
    stub.fail("cuModuleGetFunction", 0, 500);
    Operand out = operand(DType.F32, COUNT);
    var error = assertThrows(DeviceException.class, () -> backend.fill(out, 0));
    assertTrue(
        error.getMessage().startsWith("device cuda:0: looking up kernel fill4 failed"),
        error.getMessage());
    backend.fill(out, 0);
    backend.synchronize();
  }

  @Test
  void onceClosedItSaysSo() {
    Operand out = operand(DType.F32, COUNT);
    backend.close();
    backend.close();
    var error = assertThrows(DeviceException.class, () -> backend.fill(out, 0));
    assertEquals("device cuda:0 is closed", error.getMessage());
  }
}
