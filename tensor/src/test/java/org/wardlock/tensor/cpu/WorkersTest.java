package org.wardlock.tensor.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkersTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5})
  void everyPieceRunsOnceAndIsDoneAtReturn(int threads) {
    try (var workers = new Workers(threads)) {
      for (int tasks : new int[] {0, 1, 2, 7, 1000}) {
        int[] runs = new int[tasks];
        workers.run(tasks, index -> runs[index]++);
        for (int count : runs) {
          assertEquals(1, count);
        }
      }
    }
  }

  @Test
  void severalThreadsTakePart() throws Exception {
    try (var workers = new Workers(3)) {
      var together = new CountDownLatch(3);
      workers.run(
          3,
          _ -> {
            together.countDown();
            awaitAll(together);
          });
      assertEquals(0, together.getCount());
    }
  }

  private static void awaitAll(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void nestedCallsRunOnTheThreadThatMakesThem() {
    try (var workers = new Workers(3)) {
      var strangers = new AtomicInteger();
      workers.run(
          20,
          _ -> {
            Thread outer = Thread.currentThread();
            workers.run(
                20,
                _ -> {
                  if (Thread.currentThread() != outer) {
                    strangers.incrementAndGet();
                  }
                });
          });
      assertEquals(0, strangers.get());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void aFailureReachesTheCallerAndLeavesTheThreadsUsable(int threads) {
    try (var workers = new Workers(threads)) {
      var failure = new IllegalArgumentException("piece 5");
      var thrown =
          assertThrows(
              IllegalArgumentException.class,
              () ->
                  workers.run(
                      100,
                      index -> {
                        if (index == 5) {
                          throw failure;
                        }
                      }));
      assertSame(failure, thrown);
      var sum = new AtomicInteger();
      workers.run(10, sum::addAndGet);
      assertEquals(45, sum.get());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void manyThreadsCallAtOnce(boolean virtual) throws Exception {
    try (var workers = new Workers(3);
        ExecutorService callers =
            virtual
                ? Executors.newVirtualThreadPerTaskExecutor()
                : Executors.newFixedThreadPool(16)) {
      List<Callable<Boolean>> calls = new ArrayList<>();
      for (int call = 0; call < 16; call++) {
        calls.add(
            () -> {
              for (int repeat = 0; repeat < 200; repeat++) {
                var seen = new AtomicIntegerArray(17);
                workers.run(17, seen::incrementAndGet);
                for (int i = 0; i < 17; i++) {
                  if (seen.get(i) != 1) {
                    return false;
                  }
                }
              }
              return true;
            });
      }
      for (Future<Boolean> done : callers.invokeAll(calls)) {
        assertTrue(done.get());
      }
    }
  }

  @Test
  void anInterruptedCallerFinishesAndStaysInterrupted() {
    try (var workers = new Workers(2)) {
      Thread.currentThread().interrupt();
      var runs = new AtomicInteger();
      workers.run(1000, _ -> runs.incrementAndGet());
      assertTrue(Thread.interrupted());
      assertEquals(1000, runs.get());
    }
  }

  @Test
  void afterClosingTheCallerWorksAlone() {
    var workers = new Workers(4);
    workers.close();
    var runs = new AtomicInteger();
    workers.run(50, _ -> runs.incrementAndGet());
    assertEquals(50, runs.get());
  }

  @Test
  void noThreadsAreRefused() {
    var failure = assertThrows(IllegalArgumentException.class, () -> new Workers(0).close());
    assertEquals("threads: 0, must be at least 1", failure.getMessage());
  }
}
