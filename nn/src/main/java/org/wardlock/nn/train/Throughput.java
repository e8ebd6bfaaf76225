package org.wardlock.nn.train;

/** Images a second, over the time that was spent on them. */
final class Throughput {
  private long images;
  private long nanoseconds;
  private long since;

  /** Forgets everything and starts the clock. */
  void restart() {
    images = 0;
    nanoseconds = 0;
    start();
  }

  /** Counts images. */
  void add(int count) {
    images += count;
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
}
