package org.wardlock.cli;

/**
 * The command could have been refused at the start: the message is the one line the user sees. Exit
 * status 2.
 */
final class InputException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  InputException(String message) {
    super(message);
  }

  /** Refuses numbers of things below one. */
  static void requirePositive(String option, int value) {
    if (value < 1) {
      throw new InputException(option + " " + value + ": expected at least 1");
    }
  }
}
