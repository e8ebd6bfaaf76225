package org.wardlock.attacks.gradient;

import org.wardlock.attacks.Pictures;

/**
 * Numbers of random streams: one for each (picture id, restart), so that nothing an attack draws
 * for a picture depends on the batch it comes in or on how many restarts there are.
 */
final class RandomStreams {
  /** More restarts than this would reuse streams. */
  static final int MOST_RESTARTS = 1 << 16;

  private RandomStreams() {}

  static long[] of(Pictures pictures, int restart, int... rows) {
    long[] streams = new long[rows.length];
    for (int i = 0; i < rows.length; i++) {
      streams[i] = (long) restart << 32 | pictures.ids()[rows[i]];
    }
    return streams;
  }
}
