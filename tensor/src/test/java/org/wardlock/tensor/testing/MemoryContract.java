package org.wardlock.tensor.testing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.wardlock.tensor.DType;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.DeviceException;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.spi.Epilogue;
import org.wardlock.tensor.spi.Operand;
import org.wardlock.tensor.spi.ReduceOp;
import org.wardlock.tensor.spi.Storage;

/** Storage: made, written, read, shared, released. */
interface MemoryContract extends ContractFamily {
  /** The device that the backend under test computes on. */
  Device device();

  @Test
  default void aBackendSaysWhatItIs() {
    assertFalse(backend().description().isBlank());
    assertFalse(backend().description().contains("\n"));
    assertEquals(device(), backend().device());
  }

  @ParameterizedTest
  @EnumSource
  default void whatIsUploadedComesBack(DType dtype) {
    try (var workspace = new Workspace(backend())) {
      Storage storage = workspace.allocate(dtype, 10);
      backend().upload(HostElements.encode(dtype, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10), storage, 0);
      backend().upload(HostElements.encode(dtype, 100, 101, 102), storage, 4);
      MemorySegment found = HostElements.empty(dtype, 6);
      backend().download(storage, 3, found);
      assertArrayEquals(new double[] {4, 100, 101, 102, 8, 9}, HostElements.decode(dtype, found));
    }
  }

  /** Small and large, one after the other and in storages that were just released. */
  @Test
  default void whatIsUploadedAheadComesBackThoughTheHostHasReusedItsMemory() {
    for (int size : new int[] {0, 1, 63, 70_001, 70_001, 70_001, 70_001}) {
      Values sent = Values.uniform(size, Shape.of(size));
      MemorySegment source = MemorySegment.ofArray(sent.floats());
      Storage storage = backend().uploadAhead(DType.F32, source);
      source.fill((byte) 0);
      assertEquals(size, storage.size());
      float[] found = new float[size];
      backend().download(storage, 0, MemorySegment.ofArray(found));
      assertArrayEquals(sent.floats(), found);
      storage.release();
    }
  }

  @Test
  default void nothingCanBeUploadedAndDownloaded() {
    try (var workspace = new Workspace(backend())) {
      Storage storage = workspace.allocate(DType.F32, 0);
      assertEquals(0, storage.size());
      backend().upload(HostElements.empty(DType.F32, 0), storage, 0);
      backend().download(storage, 0, HostElements.empty(DType.F32, 0));
      backend().synchronize();
    }
  }

  @Test
  default void aStorageKnowsWhatItIsAndDiesWithItsLastShare() {
    Storage storage = backend().allocate(DType.I32, 5);
    assertSame(backend(), storage.backend());
    assertEquals(DType.I32, storage.dtype());
    assertEquals(5, storage.size());
    storage.retain();
    storage.release();
    assertFalse(storage.isReleased());
    storage.release();
    assertTrue(storage.isReleased());
    assertThrows(IllegalStateException.class, storage::release);
    assertThrows(IllegalStateException.class, storage::retain);
  }

  @Test
  default void storageThatWasReleasedIsNotSharedWithTheNextOne() {
    try (var workspace = new Workspace(backend())) {
      backend().allocate(DType.F32, 1000).release();
      Operand first = workspace.put(Values.normal(1, Shape.of(1000)), Placement.CONTIGUOUS);
      Operand second = workspace.put(Values.normal(2, Shape.of(1000)), Placement.CONTIGUOUS);
      assertEquals(Values.normal(1, Shape.of(1000)), workspace.get(first));
      assertEquals(Values.normal(2, Shape.of(1000)), workspace.get(second));
    }
  }

  @Test
  default void moreThanThereIsIsRefusedWithDeviceAndSize() {
    long size = 1L << 45;
    var error = assertThrows(DeviceException.class, () -> backend().allocate(DType.F32, size));
    assertTrue(
        error.getMessage().contains(backend().device().toString())
            && error.getMessage().contains(Long.toString(size)),
        error.getMessage());
  }

  @Test
  default void threadsGetTheBitsThatOneThreadGets() throws Exception {
    List<Values> alone = computeSomething();
    try (var threads = Executors.newFixedThreadPool(4)) {
      var answers = new ArrayList<Future<List<Values>>>();
      for (int i = 0; i < 8; i++) {
        answers.add(threads.submit(this::computeSomething));
      }
      for (Future<List<Values>> answer : answers) {
        OperationCheck.requireSameBits("a thread among others", alone, answer.get());
      }
    }
  }

  private List<Values> computeSomething() {
    try (var workspace = new Workspace(backend())) {
      Operand a = workspace.put(Values.normal(1, Shape.of(2, 19, 37)), Placement.SLICED);
      Operand b = workspace.put(Values.normal(2, Shape.of(2, 37, 23)), Placement.TRANSPOSED);
      Operand product = workspace.output(Shape.of(2, 19, 23));
      Operand weights = workspace.output(Shape.of(2, 19, 23));
      Operand sums = workspace.output(Shape.of(1, 19, 1));
      backend().gemm(a, b, product, Epilogue.NONE);
      backend().softmax(product, false, weights);
      backend().reduce(ReduceOp.SUM, product, new int[] {0, 2}, sums);
      return List.of(workspace.get(product), workspace.get(weights), workspace.get(sums));
    }
  }
}
