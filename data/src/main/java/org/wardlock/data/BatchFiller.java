package org.wardlock.data;

/** Puts the pictures of an epoch into their places. Safe for any number of threads. */
final class BatchFiller {
  private final Dataset dataset;
  private final PicturePath path;
  private final EpochPlan plan;

  BatchFiller(Dataset dataset, PicturePath path, EpochPlan plan) {
    this.dataset = dataset;
    this.path = path;
    this.plan = plan;
  }

  /** What a worker needs for itself. */
  byte[] scratch() {
    return new byte[path.shape().values()];
  }

  /** Fills one place of a batch. */
  void fill(Batch batch, int batchNumber, int position, byte[] scratch) {
    int index = plan.index(batchNumber, position);
    batch.ids()[position] = dataset.id(index);
    batch.labels()[position] = dataset.label(index);
    int offset = position * path.shape().values();
    if (batch.moves().length > 0) {
      path.move(index, plan.epoch()).to(batch.moves(), Batch.MOVE * position);
      path.copy(index, plan.epoch(), batch.pixels(), offset);
    } else {
      path.write(index, plan.epoch(), batch.pixels(), offset, scratch);
    }
  }
}
