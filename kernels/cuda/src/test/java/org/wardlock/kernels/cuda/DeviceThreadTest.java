package org.wardlock.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.DeviceException;

class DeviceThreadTest {
  private final DeviceThread thread = new DeviceThread(Device.cuda(0));

  @AfterEach
  void close() {
    thread.close(() -> {});
  }

  @Test
  void workIsDoneInOrderByOneDaemonThread() {
    var order = new ArrayList<Integer>();
    List<Integer> numbers = IntStream.range(0, 5000).boxed().toList();
    numbers.forEach(i -> thread.post(() -> order.add(i)));
    Thread worker = thread.call(Thread::currentThread);
    assertEquals(numbers, order);
    assertTrue(worker.isDaemon() && !worker.isVirtual());
    assertEquals("wardlock-cuda:0", worker.getName());
  }

  @Test
  void whatACallThrowsIsItsCallersAffair() {
    var thrown = new DeviceException("no room");
    assertSame(
        thrown,
        assertThrows(
            DeviceException.class,
            () ->
                thread.call(
                    () -> {
                      throw thrown;
                    })));
    assertEquals(7, thread.call(() -> 7));
  }

  @Test
  void afterAFailureThatNobodyWaitedForNothingIsDone() {
    var done = new AtomicReference<>("nothing");
    thread.post(
        () -> {
          throw new DeviceException("the first fault");
        });
    var error = assertThrows(DeviceException.class, () -> thread.run(() -> done.set("something")));
    assertEquals("the first fault", error.getMessage());
    error = assertThrows(DeviceException.class, () -> thread.post(() -> done.set("something")));
    assertEquals("the first fault", error.getMessage());
    assertEquals("nothing", done.get());
    thread.close(() -> done.set("closed"));
    assertEquals("closed", done.get());
  }

  @Test
  void afterAFailureOfWorkThatWasWaitedForNothingIsDone() {
    Runnable failing =
        () -> {
          throw new DeviceException("lost");
        };
    assertThrows(DeviceException.class, () -> thread.run(failing));
    var error = assertThrows(DeviceException.class, () -> thread.call(() -> 1));
    assertEquals("lost", error.getMessage());
  }

  @Test
  void anInterruptedCallerStillGetsItsResultAndIsInterruptedAfter() {
    Thread.currentThread().interrupt();
    assertEquals(5, thread.call(() -> 5));
    assertTrue(Thread.interrupted());
  }

  @Test
  void onceClosedItSaysSo() throws InterruptedException {
    Thread worker = thread.call(Thread::currentThread);
    thread.close(() -> {});
    worker.join();
    var error = assertThrows(DeviceException.class, () -> thread.call(() -> 1));
    assertEquals("device cuda:0 is closed", error.getMessage());
  }
}
