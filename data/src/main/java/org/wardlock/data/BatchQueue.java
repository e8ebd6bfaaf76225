package org.wardlock.data;

import java.util.ArrayDeque;
import java.util.Optional;
import org.wardlock.data.BatchInWork.Share;

/**
 * Deals out the work of an epoch and hands batches over in order. At most {@code readAhead} batches
 * are begun and not yet taken.
 */
final class BatchQueue {
  private final EpochPlan plan;
  private final BatchPool pool;
  private final int readAhead;
  private final int sharePlaces;

  /** Begun and not yet taken, the earliest first. */
  private final ArrayDeque<BatchInWork> begun = new ArrayDeque<>();

  private int nextToBegin;
  private boolean closed;
  private Optional<Throwable> failure = Optional.empty();

  /**
   * @param sharePlaces how many pictures a worker takes at a time
   */
  BatchQueue(EpochPlan plan, int firstBatch, BatchPool pool, int readAhead, int sharePlaces) {
    this.plan = plan;
    this.pool = pool;
    this.readAhead = readAhead;
    this.sharePlaces = sharePlaces;
    this.nextToBegin = firstBatch;
  }

  /** For a worker: the next work, waiting until there is room for it; empty if there is no more. */
  synchronized Optional<Share> claim() throws InterruptedException {
    while (!closed) {
      BatchInWork last = begun.peekLast();
      if (last != null && !last.isClaimed()) {
        return Optional.of(last.claim(sharePlaces));
      }
      if (nextToBegin == plan.batches()) {
        return Optional.empty();
      }
      if (begun.size() < readAhead) {
        begun.add(new BatchInWork(nextToBegin, pool.take(plan.size(nextToBegin))));
        nextToBegin++;
      } else {
        wait();
      }
    }
    return Optional.empty();
  }

  /** For a worker: a share is done, but for the places that failed. */
  synchronized void finish(Share share) {
    share.work().finish(share);
    notifyAll();
  }

  /** For a worker: a place of a share could not be filled. */
  synchronized void failPlace(Share share, int position, Throwable reason) {
    share.work().fail(position, reason);
  }

  /** For a worker: it cannot go on at all. */
  synchronized void failAll(Throwable reason) {
    failure = failure.or(() -> Optional.of(reason));
    notifyAll();
  }

  synchronized boolean isClosed() {
    return closed;
  }

  /** No more work is dealt out, no more batches are handed over. */
  synchronized void close() {
    closed = true;
    notifyAll();
  }

  /** For the consumer: the next batch, once all its places are done. */
  synchronized BatchInWork take() throws InterruptedException {
    // wait() alone would notice an interrupt only if the batch was late
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    while (true) {
      if (closed) {
        throw new IllegalStateException("batch stream: it is closed, there is no next batch");
      }
      if (failure.isPresent()) {
        throw unchecked(failure.get());
      }
      BatchInWork earliest = begun.peek();
      if (earliest != null && earliest.isDone()) {
        notifyAll();
        return begun.remove();
      }
      wait();
    }
  }

  /** A worker's failure as the consumer is to see it. */
  static RuntimeException unchecked(Throwable failure) {
    return switch (failure) {
      case RuntimeException e -> e;
      case Error e -> throw e;
      default -> new IllegalStateException("batch stream: a worker ended early", failure);
    };
  }
}
