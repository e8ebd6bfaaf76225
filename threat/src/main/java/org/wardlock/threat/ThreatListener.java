package org.wardlock.threat;

import org.wardlock.attacks.Passes;

/** Hears how the grid goes on. */
public interface ThreatListener {
  /** Hears nothing. */
  ThreatListener NONE = new ThreatListener() {};

  /**
   * A row begins, or goes on.
   *
   * @param atMost the most work it takes from its beginning
   */
  default void starting(Row row, Passes atMost) {}

  /**
   * A row is making ready: it searches, trains or asks.
   *
   * @param row its name
   * @param done steps so far
   * @param total steps in all
   */
  default void preparing(String row, long done, long total) {}

  /**
   * A row's attacks are done with some pictures, and have recorded them.
   *
   * @param done pictures so far
   * @param total pictures in all
   * @param robust how many of those done are classified rightly and were not broken
   */
  default void attacking(Row row, int done, int total, int robust) {}

  /** A row is done, was done before, or cannot be run. */
  default void done(RowResult result) {}
}
