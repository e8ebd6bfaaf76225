package org.wardlock.kernels.cuda;

import java.util.ArrayList;
import java.util.List;

/**
 * The last launches. A kernel's fault comes to light at some later call; the culprit is among them.
 */
final class LaunchHistory {
  private static final int LENGTH = 8;

  private final Entry[] launches = new Entry[LENGTH];
  private long count;

  /** Its text is made only when it is asked for. */
  private sealed interface Entry {}

  private record Launch(String kernel, int groups, int groupSize) implements Entry {
    @Override
    public String toString() {
      return kernel + " in " + groups + " groups of " + groupSize;
    }
  }

  private record Repetition(String name, int launches) implements Entry {
    @Override
    public String toString() {
      return "step '" + name + "' of " + launches + " kernels";
    }
  }

  void add(String kernel, int groups, int groupSize) {
    add(new Launch(kernel, groups, groupSize));
  }

  void addRepetition(String name, int kernels) {
    add(new Repetition(name, kernels));
  }

  private void add(Entry entry) {
    launches[(int) (count++ % LENGTH)] = entry;
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
