package org.wardlock.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.wardlock.tensor.Backends;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.DeviceException;
import org.wardlock.tensor.RepeatedStep;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;
import org.wardlock.tensor.Updates;
import org.wardlock.tensor.spi.Backend;

/** Steps that a graph repeats, on a driver that does copies and affine maps and nothing else. */
@Tag("stub-driver")
class RepeatedStepTest {
  /** The body runs so often before it is repeated. */
  private static final int RUNS = 3;

  private final StubDriver stub = StubDriver.fresh();
  private Device device;
  private Backend backend;
  private int bodyRuns;

  /** One device a test, since a process keeps a device open that it has named. */
  private static int opened;

  @BeforeEach
  void open() {
    device = Device.cuda(opened++);
    backend = CudaBackends.open(device);
    Backends.register(backend);
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

  private Tensor of(float... values) {
    return Tensor.of(device, Shape.of(values.length), values);
  }

  /** x -> (x + 1) * 2: in the other order it would be another function. */
  private RepeatedStep step() {
    return new RepeatedStep(
        "step",
        inputs -> {
          bodyRuns++;
          return List.of(inputs.getFirst().add(1).multiply(2));
        });
  }

  private static float[] run(RepeatedStep step, Tensor... inputs) {
    try (Scope _ = Scope.open("run")) {
      return step.run(inputs).getFirst().toFloats();
    }
  }

  private void repeatsUntilCaptured(RepeatedStep step, Tensor... inputs) {
    for (int i = 0; i < RUNS; i++) {
      run(step, inputs);
    }
    assertEquals(Optional.empty(), step.refusal());
    assertEquals(1, stub.graphLaunches());
  }

  @Test
  void everyRunComputesTheSameWhetherTheBodyRunsOrNot() {
    try (Scope _ = Scope.open("test");
        RepeatedStep step = step()) {
      for (int i = 0; i < 10; i++) {
        assertArrayEquals(new float[] {2 * i + 2, -2 * i + 2}, run(step, of(i, -i)));
      }
      assertEquals(Optional.empty(), step.refusal());
      assertEquals(RUNS, bodyRuns);
      assertEquals(10 - RUNS + 1, stub.graphLaunches());
    }
  }

  /** Else the tests here could not tell a wrong order from the right one. */
  @Test
  void launchesInTheWrongOrderAreNoticed() {
    try (Scope _ = Scope.open("test");
        RepeatedStep step = step()) {
      stub.swapInGraphs();
      repeatsUntilCaptured(step, of(1));
      assertFalse(run(step, of(5))[0] == 12);
    }
  }

  @Test
  void parametersReachTheGraphAsTheyReachTheStream() {
    try (Scope _ = Scope.open("test");
        RepeatedStep step = step()) {
      repeatsUntilCaptured(step, of(1));
      backend.synchronize();
      int first = stub.launches();
      run(step, of(2));
      // the input is copied in, the graph does both, the result is copied out
      assertEquals(first + 4, stub.launches());
      var plus = stub.launch(first + 1);
      var times = stub.launch(first + 2);
      assertEquals("affine", plus.kernel());
      assertEquals(1, plus.parameters().getFloat(40));
      assertEquals(1, plus.parameters().getFloat(44));
      assertEquals(2, times.parameters().getFloat(40));
      assertEquals(0, times.parameters().getFloat(44));
      assertEquals(plus.parameters().getLong(96), times.parameters().getLong(48));
    }
  }

  @Test
  void stateIsChangedInPlaceByEachRepetition() {
    try (Scope _ = Scope.open("test")) {
      Tensor state = of(1, 2);
      try (var step =
          new RepeatedStep(
              "count",
              inputs -> {
                Updates.affine(state, 1, 1);
                return List.of(inputs.getFirst());
              })) {
        for (int i = 0; i < 8; i++) {
          run(step, of(0));
        }
        assertArrayEquals(new float[] {9, 10}, state.toFloats());
        assertTrue(stub.graphLaunches() > 0);
      }
    }
  }

  /** A tape that kept the state before the repetition must not read it after. */
  @Test
  void aRepetitionThatChangesWhatATapeKeptIsNoticed() {
    try (Scope _ = Scope.open("test")) {
      Tensor state = of(1, 2);
      try (var step =
          new RepeatedStep(
              "change",
              inputs -> {
                Updates.affine(state, 1, 1);
                return List.of(inputs.getFirst());
              })) {
        repeatsUntilCaptured(step, of(0));
        Tensor kept = of(3, 4).requiresGrad().multiply(state);
        step.run(of(0));
        var error = assertThrows(IllegalStateException.class, () -> kept.backward(of(1, 1)));
        assertTrue(error.getMessage().contains("changed in place"), error.getMessage());
      }
    }
  }

  @Test
  void workOnTheHostIsDoneEachTime() {
    int[] count = {0};
    try (Scope _ = Scope.open("test");
        var step =
            new RepeatedStep(
                "count",
                inputs -> {
                  RepeatedStep.eachTime(() -> count[0]++);
                  return List.of(inputs.getFirst().add(1));
                })) {
      for (int i = 0; i < 7; i++) {
        run(step, of(0));
      }
    }
    assertTrue(stub.graphLaunches() > 0);
    assertEquals(7, count[0]);
    RepeatedStep.eachTime(() -> count[0]++);
    assertEquals(8, count[0]);
  }

  // ---- memory

  @Test
  void memoryOfARepetitionIsNobodyElses() {
    try (Scope _ = Scope.open("test");
        RepeatedStep step = step()) {
      repeatsUntilCaptured(step, of(1));
      var others = new ArrayList<Tensor>();
      for (int i = 0; i < 20; i++) {
        others.add(of(100 + i));
      }
      assertArrayEquals(new float[] {12}, run(step, of(5)));
      for (int i = 0; i < others.size(); i++) {
        assertArrayEquals(new float[] {100 + i}, others.get(i).toFloats());
      }
    }
  }

  @Test
  void whatARepetitionReadsLivesAsLongAsTheStep() {
    try (Scope _ = Scope.open("test")) {
      Tensor state = of(7);
      try (var step =
          new RepeatedStep("read", inputs -> List.of(inputs.getFirst(), state.multiply(1)))) {
        repeatsUntilCaptured(step, of(1));
        state.release();
        Tensor other = of(-1); // would lie where the state lay
        assertArrayEquals(new float[] {7}, step.run(of(2)).getLast().toFloats());
        assertArrayEquals(new float[] {-1}, other.toFloats());
      }
      long held = stub.memoryUsed();
      for (int i = 0; i < 100; i++) {
        of(i).release();
      }
      assertEquals(held, stub.memoryUsed());
    }
  }

  @Test
  void resultsAreIndependentOfLaterRuns() {
    try (Scope _ = Scope.open("test");
        RepeatedStep step = step()) {
      repeatsUntilCaptured(step, of(1));
      Tensor early = step.run(of(3)).getFirst();
      step.run(of(4));
      assertArrayEquals(new float[] {8}, early.toFloats());
    }
  }

  @Test
  void forgettingGivesMemoryAndGraphBackAndTheStepBeginsAnew() {
    try (Scope _ = Scope.open("test");
        RepeatedStep step = step()) {
      repeatsUntilCaptured(step, of(1));
      run(step, of(1));
      int before = stub.openHandles();
      step.forget();
      backend.synchronize();
      assertEquals(before - 1, stub.openHandles());
      assertArrayEquals(new float[] {4, 6}, run(step, of(1, 2)));
      assertEquals(RUNS + 1, bodyRuns);
    }
    backend.trim();
    assertEquals(0, stub.memoryUsed());
  }

  // ---- what is not repeated

  @Test
  void otherShapesAreAnError() {
    try (Scope _ = Scope.open("test");
        RepeatedStep step = step()) {
      run(step, of(1));
      var error = assertThrows(IllegalArgumentException.class, () -> run(step, of(1, 2)));
      assertEquals(
          "step 'step': input 0 is [2] F32 on %1$s, expected [1] F32 on %1$s as in its first run; make a step for each shape"
              .formatted(device),
          error.getMessage());
      assertThrows(IllegalArgumentException.class, () -> run(step, of(1), of(2)));
    }
  }

  private void assertRefused(String reason, RepeatedStep.Body body) {
    try (Scope _ = Scope.open("test");
        var step = new RepeatedStep("refused", body)) {
      for (int i = 0; i < 6; i++) {
        run(step, of(i));
      }
      String found = step.refusal().orElse("none");
      assertTrue(found.contains(reason), found);
      assertEquals(0, stub.graphLaunches());
    }
  }

  @Test
  void aNumberThatChangesIsRefused() {
    assertRefused(
        "it gave kernel affine as parameter 2 the bytes 0000803f and then 00000040: a number that"
            + " changes belongs into a tensor",
        inputs -> List.of(inputs.getFirst().add(bodyRuns++)));
  }

  @Test
  void readingIsRefused() {
    assertRefused(
        "reads 4 bytes back",
        inputs -> List.of(inputs.getFirst().add(inputs.getFirst().toFloats()[0])));
  }

  @Test
  void uploadingIsRefused() {
    assertRefused("copies 4 bytes to the device", _ -> List.of(of(bodyRuns++).add(1)));
  }

  @Test
  void aTensorThatIsReplacedIsRefused() {
    Tensor[] state = {of(0)};
    assertRefused(
        "a tensor as parameter 3 and then another",
        inputs -> {
          state[0] = state[0].add(1).unscoped();
          return List.of(inputs.getFirst().multiply(1));
        });
  }

  @Test
  void otherKernelsAreRefused() {
    assertRefused(
        "and then fill4 instead",
        inputs -> {
          Tensor x = inputs.getFirst();
          if (bodyRuns++ == 1) {
            return List.of(x.multiply(1));
          }
          return List.of(Tensor.zeros(device, x.shape()));
        });
  }

  @Test
  void moreKernelsAreRefused() {
    assertRefused(
        "launched 2 kernels and then 3",
        inputs -> {
          Tensor x = inputs.getFirst();
          for (int i = 0; i <= bodyRuns; i++) {
            x = x.add(1);
          }
          bodyRuns++;
          return List.of(x);
        });
  }

  /** What is refused in the run that is recorded has not been done yet: nothing may be lost. */
  @Test
  void aRunThatIsRefusedLateComputesAsAnyOther() {
    try (Scope _ = Scope.open("test");
        var step =
            new RepeatedStep(
                "late",
                inputs -> {
                  Tensor x = inputs.getFirst().add(1);
                  float read = ++bodyRuns == RUNS ? x.toFloats()[0] : 0;
                  return List.of(x.multiply(2).add(read));
                })) {
      for (int i = 0; i < 6; i++) {
        float expected = 2 * (i + 1) + (i == RUNS - 1 ? i + 1 : 0);
        assertArrayEquals(new float[] {expected}, run(step, of(i)));
      }
      assertTrue(step.refusal().orElse("none").contains("reads 4 bytes back"));
    }
  }

  @Test
  void aCaptureThatFailsIsDoneWithoutIt() {
    for (String call :
        List.of("cuStreamBeginCapture_v2", "cuStreamEndCapture", "cuGraphInstantiateWithFlags")) {
      try (Scope _ = Scope.open(call);
          RepeatedStep step = step()) {
        run(step, of(1));
        run(step, of(1));
        stub.fail(call, 0, 801);
        for (int i = 0; i < 4; i++) {
          assertArrayEquals(new float[] {2 * i + 2}, run(step, of(i)), call);
        }
        String reason = step.refusal().orElse("none");
        assertTrue(reason.contains("step 'step' failed: CUDA_ERROR_NOT_SUPPORTED (801)"), reason);
        assertEquals(0, stub.graphLaunches());
      }
    }
  }

  @Test
  void aBodyThatFailsWhileItIsRecordedHasDoneWhatItAskedFor() {
    try (Scope _ = Scope.open("test")) {
      Tensor state = of(0);
      try (var step =
          new RepeatedStep(
              "failing",
              inputs -> {
                Updates.affine(state, 1, 1);
                if (++bodyRuns == RUNS) {
                  throw new IllegalStateException("on purpose");
                }
                return List.of(inputs.getFirst());
              })) {
        run(step, of(1));
        run(step, of(1));
        assertThrows(IllegalStateException.class, () -> run(step, of(1)));
        assertArrayEquals(new float[] {3}, state.toFloats());
        run(step, of(1));
        assertArrayEquals(new float[] {4}, state.toFloats());
      }
    }
  }

  @Test
  void aFaultInARepetitionNamesTheStep() {
    try (Scope _ = Scope.open("test");
        RepeatedStep step = step()) {
      repeatsUntilCaptured(step, of(1));
      stub.fault(0, StubDriver.ILLEGAL_ADDRESS);
      var error = assertThrows(DeviceException.class, () -> run(step, of(1)));
      assertTrue(error.getMessage().contains("step 'step' of 2 kernels"), error.getMessage());
    }
  }

  // ---- others meanwhile

  @Test
  void otherThreadsComputeWhileAStepIsRecorded() {
    try (Scope _ = Scope.open("test")) {
      var other = new float[1][];
      try (var step =
          new RepeatedStep(
              "step",
              inputs -> {
                Tensor x = inputs.getFirst().add(1);
                if (++bodyRuns == RUNS) {
                  other[0] = onAnotherThread(() -> of(41).add(1).toFloats());
                }
                return List.of(x.multiply(2));
              })) {
        repeatsUntilCaptured(step, of(1));
        assertArrayEquals(new float[] {42}, other[0]);
        assertArrayEquals(new float[] {12}, run(step, of(5)));
      }
    }
  }

  private static float[] onAnotherThread(Supplier<float[]> work) {
    var result = new float[1][];
    Thread thread =
        Thread.ofPlatform()
            .start(
                () -> {
                  try (Scope _ = Scope.open("other")) {
                    result[0] = work.get();
                  }
                });
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return result[0];
  }

  @Test
  void aStepInsideAStepIsAPartOfIt() {
    try (Scope _ = Scope.open("test");
        RepeatedStep inner = step();
        var outer = new RepeatedStep("outer", inputs -> inner.run(inputs.getFirst().add(1)))) {
      for (int i = 0; i < 4; i++) {
        assertArrayEquals(new float[] {2 * i + 2}, run(inner, of(i)));
      }
      for (int i = 0; i < 6; i++) {
        assertArrayEquals(new float[] {2 * i + 4}, run(outer, of(i)));
        assertArrayEquals(new float[] {2 * i + 2}, run(inner, of(i)));
      }
      assertEquals(Optional.empty(), outer.refusal());
    }
  }
}
