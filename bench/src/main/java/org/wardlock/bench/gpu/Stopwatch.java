package org.wardlock.bench.gpu;

import java.util.ArrayList;
import java.util.List;

/** Times work that a device does after it was asked for: in groups, at whose ends it is awaited. */
final class Stopwatch {
  /**
   * A step that is to be repeated runs plainly, is noted, and is recorded before it is repeated.
   */
  private static final int WARM_UP_RUNS = 4;

  private static final double GROUP_SECONDS = 0.05;
  private static final int FEWEST_GROUPS = 3;

  private Stopwatch() {}

  /**
   * The median time of a run in seconds.
   *
   * @param run asks for the work
   * @param await waits for what was asked for
   * @param seconds how long to measure, at least three groups of runs
   */
  static double time(Runnable run, Runnable await, double seconds) {
    for (int i = 0; i < WARM_UP_RUNS; i++) {
      run.run();
    }
    await.run();
    int group = Math.max(1, (int) (GROUP_SECONDS / group(run, await, 1)));
    List<Double> times = new ArrayList<>();
    long end = System.nanoTime() + (long) (seconds * 1e9);
    do {
      times.add(group(run, await, group));
    } while (times.size() < FEWEST_GROUPS || System.nanoTime() < end);
    times.sort(null);
    return times.get(times.size() / 2);
  }

  private static double group(Runnable run, Runnable await, int runs) {
    long start = System.nanoTime();
    for (int i = 0; i < runs; i++) {
      run.run();
    }
    await.run();
    return (System.nanoTime() - start) / 1e9 / runs;
  }
}
