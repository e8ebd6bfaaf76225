package org.wardlock.cli;

import java.io.Console;
import java.util.Optional;

/**
 * Where a person is watching. The JVM knows only whether stdin and stdout are both a terminal, so
 * the launcher says of stderr whether it is one.
 */
final class Terminal {
  /** The launcher sets it to {@code true} or {@code false}. */
  private static final String STDERR_VARIABLE = "WARDLOCK_STDERR_TERMINAL";

  private Terminal() {}

  /** Whether what goes to stderr is seen by a person. */
  static boolean isStderrWatched() {
    return Optional.ofNullable(System.getenv(STDERR_VARIABLE))
        .map(Boolean::parseBoolean)
        .orElseGet(
            () -> Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent());
  }
}
