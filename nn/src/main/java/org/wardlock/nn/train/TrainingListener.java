package org.wardlock.nn.train;

/** Is told how a run goes on; every method does nothing unless overridden. */
public interface TrainingListener {
  /** Listens to nothing. */
  TrainingListener SILENT = new TrainingListener() {};

  /**
   * The run begins or goes on.
   *
   * @param step from which, 0 for a new run
   * @param steps of the whole run
   */
  default void started(long step, long steps) {}

  /**
   * A step is done.
   *
   * @param loss mean of the epoch so far, as of the last few steps
   */
  default void stepped(long step, long steps, double loss) {}

  /** An epoch is done and evaluated. */
  default void epochEnded(EpochMetrics metrics) {}

  /** Something went wrong that the run could get over, in one line. */
  default void warned(String message) {}
}
