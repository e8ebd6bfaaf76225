package org.wardlock.nn.train;

/** How often a run's state is saved. It is saved at the end and on interruption, too. */
public sealed interface CheckpointInterval {
  /** What a run does unless told otherwise. */
  CheckpointInterval DEFAULT = new Minutes(10);

  /** After every so many steps. */
  record Steps(long count) implements CheckpointInterval {
    /** Checks that the number is positive. */
    public Steps {
      requirePositive(count);
    }
  }

  /** After the first step that ends so many minutes after the last time. */
  record Minutes(long count) implements CheckpointInterval {
    /** Checks that the number is positive. */
    public Minutes {
      requirePositive(count);
    }
  }

  private static void requirePositive(long count) {
    if (count < 1) {
      throw new IllegalArgumentException("checkpoint interval " + count + ", expected 1 or more");
    }
  }

  /**
   * Reads a number of steps such as {@code 500}, or of minutes such as {@code 10m}.
   *
   * @throws IllegalArgumentException if the text has another form
   */
  static CheckpointInterval parse(String text) {
    if (text.matches("[0-9]{1,9}")) {
      return new Steps(Long.parseLong(text));
    }
    if (text.matches("[0-9]{1,6}m")) {
      return new Minutes(Long.parseLong(text.substring(0, text.length() - 1)));
    }
    throw new IllegalArgumentException(
        "checkpoint interval '" + text + "': expected a number of steps, or of minutes as in 10m");
  }

  /** Whether it is time. */
  default boolean isDue(long step, long nanosecondsSince) {
    return switch (this) {
      case Steps(long count) -> step % count == 0;
      case Minutes(long count) -> nanosecondsSince >= count * 60_000_000_000L;
    };
  }
}
