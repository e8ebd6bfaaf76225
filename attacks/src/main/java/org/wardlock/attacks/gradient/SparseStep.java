package org.wardlock.attacks.gradient;

/**
 * APGD's steps in L1 (Croce and Hein 2021, "Mind the box"): as long as the radius at first, along
 * the signs of the largest values of the gradient: of two thirds as many as the start changes, and
 * after every look back of two thirds as many as the best point changes. Where these have become
 * clearly fewer the step is as long as the radius again, from the best point; else it shrinks, to a
 * tenth.
 */
final class SparseStep implements StepControl {
  private static final double WIDER = 1.5;
  private static final double FEWER = 0.95;
  private static final double SHRINK = 1.5;
  private static final double SHORTEST = 10;

  private final double radius;
  private final int values;
  private double length;
  private double share;
  private double changedBefore;

  /** From a point that changes some of the values. */
  SparseStep(double radius, int values, int changed) {
    this.radius = radius;
    this.values = values;
    this.length = radius;
    this.share = changed / WIDER / values;
    this.changedBefore = changed;
  }

  @Override
  public double length() {
    return length;
  }

  @Override
  public double sparsity() {
    return Math.clamp(1 - share, 0, 1);
  }

  @Override
  public void observe(double loss) {
    // in L1 only the best point counts
  }

  @Override
  public boolean lookBack(double bestLoss, int changed) {
    boolean sparser = changedBefore > 0 && changed / changedBefore < FEWER;
    share = changed / WIDER / values;
    changedBefore = changed;
    length = sparser ? radius : Math.max(length / SHRINK, radius / SHORTEST);
    return sparser;
  }
}
