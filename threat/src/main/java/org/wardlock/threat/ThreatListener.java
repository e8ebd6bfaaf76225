package org.wardlock.threat;

/** Hears how the grid goes on. */
public interface ThreatListener {
  /** Hears nothing. */
  ThreatListener NONE = new ThreatListener() {};

  /**
   * A row is making ready: it searches, trains or asks.
   *
   * @param row its name
   * @param done steps so far
   * @param total steps in all
   */
  default void preparing(String row, long done, long total) {}
}
