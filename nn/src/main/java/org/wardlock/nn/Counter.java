package org.wardlock.nn;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A named count that is stored with the weights as a 64-bit integer, such as how many batches
 * updated a running statistic. It lives on the host: nothing computes with it.
 */
public final class Counter {
  private final String name;
  private final AtomicLong value;

  Counter(String name, long value) {
    this.name = name;
    this.value = new AtomicLong(value);
  }

  /** The dotted name. */
  public String name() {
    return name;
  }

  /** How far it has counted. */
  public long value() {
    return value.get();
  }

  /** Counts one more. */
  public void increment() {
    value.incrementAndGet();
  }

  void set(long count) {
    value.set(count);
  }
}
