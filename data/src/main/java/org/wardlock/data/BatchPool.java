package org.wardlock.data;

import java.util.ArrayDeque;
import java.util.Arrays;

/** Full-sized batches that wait to be used again. */
final class BatchPool {
  /**
   * What a given-back batch is filled with when assertions are on, to unmask who still reads it.
   */
  private static final byte POISON = (byte) 0xA5;

  private final int batchSize;
  private final PictureShape shape;
  private final boolean moved;
  private final int capacity;
  private final ArrayDeque<Batch> waiting = new ArrayDeque<>();

  /**
   * @param moved whether batches have moves that the device makes
   */
  BatchPool(int batchSize, PictureShape shape, boolean moved, int capacity) {
    this.batchSize = batchSize;
    this.shape = shape;
    this.moved = moved;
    this.capacity = capacity;
  }

  /** A batch of some size with arbitrary content. */
  Batch take(int size) {
    if (size == batchSize) {
      synchronized (waiting) {
        Batch batch = waiting.poll();
        if (batch != null) {
          return batch;
        }
      }
    }
    return Batch.allocate(size, shape, moved);
  }

  /**
   * Takes a batch back; one of another size is left to the garbage collector.
   *
   * @throws IllegalStateException if it has been given back already
   */
  void put(Batch batch) {
    if (batch.size() != batchSize || !batch.shape().equals(shape)) {
      return;
    }
    assert poison(batch);
    synchronized (waiting) {
      for (Batch other : waiting) {
        if (other.pixels() == batch.pixels()) {
          throw new IllegalStateException("batch loader: this batch has been given back already");
        }
      }
      if (waiting.size() < capacity) {
        waiting.add(batch);
      }
    }
  }

  private static boolean poison(Batch batch) {
    Arrays.fill(batch.ids(), Long.MIN_VALUE);
    Arrays.fill(batch.labels(), Integer.MIN_VALUE);
    Arrays.fill(batch.pixels(), POISON);
    Arrays.fill(batch.moves(), Integer.MIN_VALUE);
    return true;
  }
}
