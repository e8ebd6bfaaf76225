package org.wardlock.kernels.opencl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.wardlock.kernels.source.GpuBackend;
import org.wardlock.kernels.source.GpuMemory;
import org.wardlock.kernels.source.Inputs;
import org.wardlock.kernels.source.Staging;
import org.wardlock.tensor.DType;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.DeviceException;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.spi.Layout;
import org.wardlock.tensor.spi.Operand;
import org.wardlock.tensor.spi.Storage;

/**
 * Memory and copies of the first OpenCL device: what is kept, what comes in, and in which order.
 */
class OpenClMemoryTest {
  private static final int COUNT = 1 << 16;

  /** Elements that keep the device busy for longer than the host takes to ask. */
  private static final int BUSY = 1 << 23;

  private OpenClRuntime runtime;
  private GpuBackend backend;

  @BeforeEach
  void open() {
    OpenClTestDevice.get();
    runtime = new OpenClRuntime(Device.opencl(0), OpenClDevice.all().getFirst());
    backend = new GpuBackend(runtime);
  }

  @AfterEach
  void close() {
    if (backend != null) {
      backend.close();
      backend.close();
    }
  }

  private Operand operand(DType dtype) {
    return new Operand(backend.allocate(dtype, COUNT), Layout.contiguous(Shape.of(COUNT)));
  }

  private float[] floats(Operand operand) {
    float[] values = new float[COUNT];
    backend.download(operand.storage(), 0, MemorySegment.ofArray(values));
    return values;
  }

  private static float[] all(float value) {
    float[] values = new float[COUNT];
    Arrays.fill(values, value);
    return values;
  }

  @Test
  void memoryThatWasGivenBackIsHandedOutAgain() {
    GpuMemory first = runtime.allocate(1000);
    first.free();
    assertEquals(OpenClRuntime.handle(first), OpenClRuntime.handle(runtime.allocate(600)));
    assertNotEquals(OpenClRuntime.handle(first), OpenClRuntime.handle(runtime.allocate(600)));
  }

  @Test
  void memoryThatWasGivenBackReadsAsNaN() {
    Operand out = operand(DType.F32);
    backend.fill(out, 1);
    out.storage().release();
    assertArrayEquals(all(Float.NaN), floats(operand(DType.F32)));
  }

  @Test
  void withoutRoomTheErrorNamesSizeAndDeviceAndWhatIsInUse() {
    backend.allocate(DType.U8, COUNT);
    long bytes = 2 * OpenClDevice.all().getFirst().memoryBytes();
    var error = assertThrows(DeviceException.class, () -> runtime.allocate(bytes));
    assertTrue(
        error.getMessage().startsWith("device opencl:0: out of memory: no ")
            && error.getMessage().contains(COUNT + " bytes in use"),
        error.getMessage());
    runtime.allocate(COUNT).free();
  }

  /**
   * Kernels that are still to read what was given back have read it before it holds other things.
   */
  @Test
  void whatIsReadLaterIsNotOverwrittenByTheNextOwner() {
    Operand sum = operand(DType.F32);
    backend.fill(sum, 0);
    for (int i = 1; i <= 20; i++) {
      Operand x = operand(DType.F32);
      backend.upload(MemorySegment.ofArray(all(i)), x.storage(), 0);
      backend.multiplyAdd(x, x, sum, sum);
      x.storage().release();
    }
    assertArrayEquals(all(20 * 21 * 41 / 6), floats(sum));
  }

  @Test
  void copiesArriveWhateverTheirSize() {
    long buffers = Staging.BUFFERS * Staging.BUFFER_BYTES;
    for (long size : new long[] {1, 63, Staging.BUFFER_BYTES + 1, buffers + 5}) {
      byte[] sent = new byte[Math.toIntExact(size)];
      new Random(size).nextBytes(sent);
      Storage storage = backend.allocate(DType.U8, size);
      backend.upload(MemorySegment.ofArray(sent), storage, 0);
      assertArrayEquals(sent, bytes(storage));
      storage.release();
    }
  }

  private byte[] bytes(Storage storage) {
    byte[] received = new byte[Math.toIntExact(storage.size())];
    backend.download(storage, 0, MemorySegment.ofArray(received));
    return received;
  }

  private static byte[] random(int seed, int count) {
    byte[] bytes = new byte[count];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  /** Slow kernels read each input after later ones have been handed over. */
  @Test
  void noInputOverwritesOneThatIsStillToBeRead() {
    assertTrue(COUNT >= Inputs.SMALLEST);
    var layout = Layout.contiguous(Shape.of(COUNT));
    Operand busy =
        new Operand(backend.allocate(DType.F32, BUSY), Layout.contiguous(Shape.of(BUSY)));
    backend.fill(busy, 1);
    var results = new ArrayList<Operand>();
    for (int i = 0; i < 8; i++) {
      byte[] source = random(i, COUNT);
      Storage storage = backend.uploadAhead(DType.U8, MemorySegment.ofArray(source));
      Arrays.fill(source, (byte) 0);
      for (int k = 0; k < 3; k++) {
        backend.affine(busy, 1, 1, busy);
      }
      Operand result = operand(DType.U8);
      backend.copy(new Operand(storage, layout), result);
      results.add(result);
      storage.release();
    }
    for (int i = 0; i < results.size(); i++) {
      assertArrayEquals(random(i, COUNT), bytes(results.get(i).storage()), "input " + i);
    }
  }

  /** A kernel that is asked for when the device has nothing else to do waits for its input. */
  @Test
  void aKernelFindsAllOfItsInput() {
    Layout end = Layout.contiguous(Shape.of(BUSY)).slice(0, BUSY - COUNT, BUSY);
    for (int i = 0; i < 4; i++) {
      byte[] sent = random(i, BUSY);
      Operand result = operand(DType.U8);
      backend.synchronize();
      Storage storage = backend.uploadAhead(DType.U8, MemorySegment.ofArray(sent));
      backend.copy(new Operand(storage, end), result);
      assertArrayEquals(
          Arrays.copyOfRange(sent, BUSY - COUNT, BUSY), bytes(result.storage()), "input " + i);
      storage.release();
    }
  }

  @Test
  void whatIsInUseMayBeGivenBackOnceTheDeviceIsClosed() {
    Storage plain = backend.allocate(DType.U8, COUNT);
    Storage input = backend.uploadAhead(DType.U8, MemorySegment.ofArray(new byte[COUNT]));
    backend.close();
    plain.release();
    input.release();
    assertTrue(plain.isReleased() && input.isReleased());
  }
}
