package org.wardlock.data.shapes;

import org.wardlock.tensor.Philox;

/** The random numbers of one picture, one after the other. */
final class Draws {
  private final Philox random;
  private int drawn;

  Draws(Philox random) {
    this.random = random;
  }

  /** A whole number from {@code low} to before {@code high}. */
  int between(int low, int high) {
    return low + random.below(high - low, drawn++);
  }

  /** A number from {@code low} to {@code high}. */
  double between(double low, double high) {
    // a block of four words for each draw, as bounded whole numbers take
    return low + (high - low) * random.uniform(4L * drawn++);
  }
}
