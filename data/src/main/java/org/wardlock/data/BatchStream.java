package org.wardlock.data;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.wardlock.data.BatchInWork.Share;

/**
 * The batches of one epoch in order, made ahead of time by worker threads.
 *
 * <p>Workers take a few pictures of the earliest unfinished batch at a time, so that the batch that
 * is needed next is the one in work. A picture that cannot be read surfaces when its batch is asked
 * for; of several in a batch, the first.
 *
 * <p>For one consuming thread. Closing stops the workers and waits for them.
 */
public final class BatchStream implements Iterator<Batch>, AutoCloseable {
  private static final int MAX_SHARE = 16;

  private final EpochPlan plan;
  private final BatchFiller filler;
  private final BatchQueue queue;
  private final List<Thread> workers = new ArrayList<>();
  private int nextBatch;

  private BatchStream(EpochPlan plan, int firstBatch, BatchFiller filler, BatchQueue queue) {
    this.plan = plan;
    this.filler = filler;
    this.queue = queue;
    this.nextBatch = firstBatch;
  }

  /** Starts the workers. */
  static BatchStream start(
      EpochPlan plan,
      int firstBatch,
      BatchFiller filler,
      BatchPool pool,
      int readAhead,
      int workers) {
    // small shares spread one batch over all workers, large ones save synchronisation
    int share = Math.clamp(plan.batchSize() / (4L * workers), 1, MAX_SHARE);
    var queue = new BatchQueue(plan, firstBatch, pool, readAhead, share);
    var stream = new BatchStream(plan, firstBatch, filler, queue);
    for (int i = 0; i < workers; i++) {
      stream.workers.add(
          Thread.ofPlatform().daemon().name("wardlock-data-" + i).start(stream::work));
    }
    return stream;
  }

  /** Whether the epoch has another batch. */
  @Override
  public boolean hasNext() {
    return nextBatch < plan.batches();
  }

  /**
   * The next batch; waits until it is there.
   *
   * @throws DataException if one of its pictures cannot be read; the stream is closed then
   * @throws CancellationException if the thread is interrupted, as it then stays
   * @throws IllegalStateException if the stream is closed
   */
  @Override
  public Batch next() {
    if (!hasNext()) {
      throw new NoSuchElementException(
          "epoch %d has %d batches, all handed out".formatted(plan.epoch(), plan.batches()));
    }
    try {
      BatchInWork next = queue.take();
      nextBatch++;
      if (next.failure().isPresent()) {
        close();
        throw BatchQueue.unchecked(next.failure().get());
      }
      return next.batch();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted while waiting for batch " + nextBatch);
    }
  }

  /** Stops the workers and waits until they are gone. May be called again. */
  @Override
  public void close() {
    queue.close();
    boolean interrupted = false;
    for (Thread worker : workers) {
      while (worker.isAlive()) {
        try {
          worker.join();
        } catch (InterruptedException _) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void work() {
    try {
      byte[] scratch = filler.scratch();
      for (Optional<Share> share = queue.claim(); share.isPresent(); share = queue.claim()) {
        fill(share.get(), scratch);
        queue.finish(share.get());
      }
    } catch (InterruptedException | RuntimeException | Error e) {
      queue.failAll(e);
    }
  }

  private void fill(Share share, byte[] scratch) {
    BatchInWork work = share.work();
    for (int position = share.from(); position < share.to() && !queue.isClosed(); position++) {
      try {
        filler.fill(work.batch(), work.number(), position, scratch);
      } catch (RuntimeException | Error e) {
        queue.failPlace(share, position, e);
      }
    }
  }
}
