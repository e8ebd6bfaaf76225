package org.wardlock.kernels.cuda;

import java.util.ArrayList;
import java.util.List;

/**
 * The last launches. A kernel's fault comes to light at some later call; the culprit is among them.
 */
final class LaunchHistory {
  private static final int LENGTH = 8;

  private final Launch[] launches = new Launch[LENGTH];
  private long count;

  private record Launch(String kernel, int groups, int groupSize) {
    @Override
    public String toString() {
      return kernel + " in " + groups + " groups of " + groupSize;
    }
  }

  void add(String kernel, int groups, int groupSize) {
    launches[(int) (count++ % LENGTH)] = new Launch(kernel, groups, groupSize);
  }

  /** The launches that are remembered, newest first, in one line. */
  String text() {
    if (count == 0) {
      return "no kernel was launched before";
    }
    List<String> newestFirst = new ArrayList<>();
    for (long i = count - 1; i >= Math.max(0, count - LENGTH); i--) {
      newestFirst.add(launches[(int) (i % LENGTH)].toString());
    }
    return "last launches, newest first: " + String.join("; ", newestFirst);
  }
}
