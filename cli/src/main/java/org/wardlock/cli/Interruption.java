package org.wardlock.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Lets a long command save its state when the user interrupts it. The JVM runs a hook on SIGINT and
 * SIGTERM; the hook asks the command to stop and waits until it has.
 */
final class Interruption {
  static final int STATUS = 130;

  private static final long PATIENCE_SECONDS = 120;
  private static final CountDownLatch FINISHED = new CountDownLatch(1);
  private static volatile boolean requested;
  private static volatile boolean watching;

  private Interruption() {}

  /** From here on an interruption waits for {@link #finish}. */
  static synchronized void watch() {
    if (!watching) {
      watching = true;
      Runtime.getRuntime().addShutdownHook(new Thread(Interruption::awaitCommand, "interruption"));
    }
  }

  /** Whether the user asked the command to stop. */
  static boolean isRequested() {
    return requested;
  }

  /** Ends the program, or lets the interruption end it. */
  static void finish(int status) {
    FINISHED.countDown();
    if (!requested) {
      System.exit(status);
    }
  }

  private static void awaitCommand() {
    requested = true;
    try {
      FINISHED.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
