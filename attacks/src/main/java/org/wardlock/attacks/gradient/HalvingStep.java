package org.wardlock.attacks.gradient;

import org.wardlock.attacks.Mode;

/**
 * APGD's steps in Linf and L2 (Croce and Hein 2020): twice the radius at first; halved, and back to
 * the best point, where the loss rose in no more than three of four steps since the last look, or
 * where it reached no new height at a step that had not just been halved.
 */
final class HalvingStep implements StepControl {
  private static final double RISING = 0.75;

  private double length;
  private final Mode mode;
  private double bestAtLastLook;
  private double loss;
  private boolean started;
  private boolean halvedAtLastLook = true;
  private int steps;
  private int rises;

  HalvingStep(double radius, Mode mode) {
    this.length = 2 * radius;
    this.mode = mode;
  }

  @Override
  public double length() {
    return length;
  }

  @Override
  public double sparsity() {
    return 0;
  }

  @Override
  public void observe(double newLoss) {
    if (started) {
      steps++;
      rises += newLoss > loss ? 1 : 0;
      loss = newLoss;
      return;
    }
    started = true;
    bestAtLastLook = newLoss;
    // the published program compares the first step's loss with an entry not yet filled
    loss = mode == Mode.COMPAT ? 0 : newLoss;
  }

  @Override
  public boolean lookBack(double bestLoss, int changed) {
    boolean stuck = !halvedAtLastLook && bestAtLastLook >= bestLoss;
    boolean halve = rises <= RISING * steps || stuck;
    if (halve) {
      length /= 2;
    }
    halvedAtLastLook = halve;
    bestAtLastLook = bestLoss;
    steps = 0;
    rises = 0;
    return halve;
  }
}
