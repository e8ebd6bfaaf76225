package org.wardlock.data;

import java.util.Optional;

/** A batch whose pictures are being filled in. Guarded by the {@link BatchQueue} that owns it. */
final class BatchInWork {
  private final int number;
  private final Batch batch;
  private int claimed;
  private int finished;
  private int failedPosition = Integer.MAX_VALUE;
  private Optional<Throwable> failure = Optional.empty();

  BatchInWork(int number, Batch batch) {
    this.number = number;
    this.batch = batch;
  }

  /** Some of its places, for one worker to fill: from {@code from} to before {@code to}. */
  record Share(BatchInWork work, int from, int to) {}

  int number() {
    return number;
  }

  Batch batch() {
    return batch;
  }

  boolean isClaimed() {
    return claimed == batch.size();
  }

  boolean isDone() {
    return finished == batch.size();
  }

  Share claim(int places) {
    int from = claimed;
    claimed = Math.min(batch.size(), from + places);
    return new Share(this, from, claimed);
  }

  void finish(Share share) {
    finished += share.to() - share.from();
  }

  /** Keeps the failure of the earliest place, whichever worker was first. */
  void fail(int position, Throwable reason) {
    if (position < failedPosition) {
      failedPosition = position;
      failure = Optional.of(reason);
    }
  }

  Optional<Throwable> failure() {
    return failure;
  }
}
