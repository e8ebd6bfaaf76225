package org.wardlock.nn.train;

import org.wardlock.tensor.DType;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.NoGrad;
import org.wardlock.tensor.RepeatedStep;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;
import org.wardlock.tensor.Updates;

/**
 * Loss and correct answers of an epoch, added up on the device so that a step waits for nothing,
 * and now and then read back into sums in double.
 */
final class RunningSums {
  private final Tensor pending;
  private long images;
  private double lossSum;
  private double correct;
  private double shownLoss;

  RunningSums(Device device) {
    try (Scope _ = Scope.open("running sums")) {
      pending = Tensor.zeros(device, Shape.of(2)).unscoped();
    }
  }

  /**
   * Counts a batch.
   *
   * @param loss mean of the batch, a scalar
   * @param logits (N, classes)
   * @param labels (N), I32
   */
  void add(Tensor loss, Tensor logits, Tensor labels) {
    int batch = logits.shape().extent(0);
    try (NoGrad _ = NoGrad.enter();
        Scope _ = Scope.open("running sums")) {
      Tensor right = logits.argMax().cast(DType.F32).equalTo(labels.cast(DType.F32)).sum();
      Updates.add(
          pending,
          Tensor.concatenate(0, loss.detach().multiply(batch).reshape(1), right.reshape(1)));
    }
    RepeatedStep.eachTime(() -> images += batch);
  }

  /** Reads back what has gathered on the device. Waits for it. */
  void drain() {
    float[] gathered = pending.toFloats();
    lossSum += gathered[0];
    correct += gathered[1];
    shownLoss = lossSum / images;
    Updates.fill(pending, 0);
  }

  /** The mean loss as of the last time it was read back; 0 before the first. */
  double lossSoFar() {
    return shownLoss;
  }

  /** The sums as they are, without moving any. */
  EpochSums read() {
    float[] gathered = pending.toFloats();
    return new EpochSums(images, lossSum, correct, gathered[0], gathered[1]);
  }

  /** Goes on from sums read before. */
  void restore(EpochSums sums) {
    images = sums.images();
    lossSum = sums.lossSum();
    correct = sums.correct();
    shownLoss = images == 0 ? 0 : sums.loss();
    try (Scope _ = Scope.open("running sums")) {
      Updates.assign(
          pending,
          Tensor.of(pending.device(), Shape.of(2), sums.pendingLoss(), sums.pendingCorrect()));
    }
  }

  void release() {
    pending.release();
  }
}
