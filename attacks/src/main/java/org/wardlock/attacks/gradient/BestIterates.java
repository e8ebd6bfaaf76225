package org.wardlock.attacks.gradient;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.wardlock.attacks.Candidates;
import org.wardlock.tensor.Tensor;
import org.wardlock.tensor.Updates;

/**
 * The best image seen of each picture: one that reaches the goal before one that does not, then the
 * one of higher loss, then the earlier. The last iterate has no right of its own.
 */
final class BestIterates {
  private final Tensor images;
  private final boolean[] reached;
  private final double[] losses;

  /** Starts from the clean pictures, which any iterate beats. */
  BestIterates(Tensor clean) {
    int count = clean.shape().extent(0);
    images = clean.copy();
    reached = new boolean[count];
    losses = new double[count];
    Arrays.fill(losses, Double.NEGATIVE_INFINITY);
  }

  /**
   * Considers row {@code position} of some iterates for picture {@code row}.
   *
   * @param isReached whether it is answered as the attack wants
   */
  void offer(int row, boolean isReached, double loss, Tensor iterates, int position) {
    if (isReached == reached[row] ? loss > losses[row] : isReached) {
      take(row, isReached, loss, iterates, position);
    }
  }

  /** Takes an iterate that reached the goal in place of whatever was there. */
  void replace(int row, double loss, Tensor iterates, int position) {
    take(row, true, loss, iterates, position);
  }

  private void take(int row, boolean isReached, double loss, Tensor iterates, int position) {
    reached[row] = isReached;
    losses[row] = loss;
    Updates.assign(
        images.slice(0, row, row + 1), iterates.slice(0, position, position + 1).detach());
  }

  /** The pictures that have not reached the goal. */
  int[] standing() {
    return IntStream.range(0, reached.length).filter(row -> !reached[row]).toArray();
  }

  Candidates candidates() {
    return new Candidates(images, reached, losses);
  }
}
