package org.wardlock.attacks.decision;

import java.util.ArrayDeque;
import java.util.Deque;

/** How many of the last attempts succeeded. */
final class SuccessRate {
  private final int size;
  private final Deque<Boolean> last = new ArrayDeque<>();

  /** Remembers so many attempts. */
  SuccessRate(int size) {
    this.size = size;
  }

  void add(boolean success) {
    if (last.size() == size) {
      last.removeFirst();
    }
    last.addLast(success);
  }

  boolean isFull() {
    return last.size() == size;
  }

  double share() {
    return (double) last.stream().filter(success -> success).count() / Math.max(1, last.size());
  }

  void clear() {
    last.clear();
  }
}
