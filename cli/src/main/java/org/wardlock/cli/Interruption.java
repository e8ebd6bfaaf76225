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
  private static volatile CountDownLatch finished = new CountDownLatch(0);
  private static volatile boolean requested;
  private static boolean hooked;

  private Interruption() {}

  /** From here on an interruption waits until {@link #commandEnded}. */
  static synchronized void watch() {
    finished = new CountDownLatch(1);
    if (!hooked) {
      hooked = true;
      Runtime.getRuntime().addShutdownHook(new Thread(Interruption::awaitCommand, "interruption"));
    }
  }

  /** Whether the user asked the command to stop. */
  static boolean isRequested() {
    return requested;
  }

  /** An interruption has nothing to wait for any more. */
  static void commandEnded() {
    finished.countDown();
  }

  /** Ends the program, or lets the interruption end it. */
  static void exit(int status) {
    if (!requested) {
      System.exit(status);
    }
  }

  private static void awaitCommand() {
    requested = true;
    try {
      finished.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
