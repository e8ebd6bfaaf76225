package org.wardlock.nn.evaluate;

/**
 * How well a classifier did.
 *
 * @param images how many pictures it saw
 * @param labelled of how many of them the class is known: the others count for nothing below
 * @param correct whose likeliest class is the right one
 * @param correctOfFive whose five likeliest classes hold the right one
 * @param lossSum of the cross-entropies
 * @param seconds it took, decoding included
 */
public record Evaluation(
    int images, int labelled, int correct, int correctOfFive, double lossSum, double seconds) {
  /** The part of the labelled pictures classified rightly, from 0 to 1; NaN without any. */
  public double top1() {
    return (double) correct / labelled;
  }

  /** The part of the labelled pictures with the right class among the first five, likewise. */
  public double top5() {
    return (double) correctOfFive / labelled;
  }

  /** The mean cross-entropy of the labelled pictures; NaN without any. */
  public double loss() {
    return lossSum / labelled;
  }

  /** The throughput. */
  public double imagesPerSecond() {
    return images / seconds;
  }
}
