package org.wardlock.nn.train;

import java.util.function.Supplier;

/** Images a second, over the time that was spent on them, and how much of it went into waiting. */
final class Throughput {
  private long images;
  private long nanoseconds;
  private long waited;
  private long since;

  /** Forgets everything and starts the clock. */
  void restart() {
    images = 0;
    nanoseconds = 0;
    waited = 0;
    start();
  }

  /** Counts images. */
  void add(int count) {
    images += count;
  }

  /** Gets something that may have to be waited for, while the clock runs. */
  <T> T await(Supplier<T> source) {
    long asked = System.nanoTime();
    T found = source.get();
    waited += System.nanoTime() - asked;
    return found;
  }

  /** Stops the clock for something else. */
  void pause() {
    nanoseconds += System.nanoTime() - since;
  }

  /** Lets the clock run. */
  void start() {
    since = System.nanoTime();
  }

  /** The rate up to now, with the clock stopped; 0 where nothing was done. */
  double imagesPerSecond() {
    return images == 0 ? 0 : images * 1e9 / Math.max(1, nanoseconds);
  }

  /** The part of the time up to now, with the clock stopped, that was waited; from 0 to 1. */
  double waitingShare() {
    return Math.clamp((double) waited / Math.max(1, nanoseconds), 0, 1);
  }
}
