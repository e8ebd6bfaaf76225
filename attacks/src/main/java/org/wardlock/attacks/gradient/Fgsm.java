package org.wardlock.attacks.gradient;

import org.wardlock.attacks.Attack;
import org.wardlock.attacks.Candidates;
import org.wardlock.attacks.Loss;
import org.wardlock.attacks.Norm;
import org.wardlock.attacks.Oracle;
import org.wardlock.attacks.Passes;
import org.wardlock.attacks.Task;

/**
 * The fast gradient sign method (Goodfellow et al. 2015): one step of the whole radius from the
 * clean picture, along the sign of the gradient in Linf and the direction of steepest ascent of
 * {@link Pgd} in L2 and L1. The outcome is where the step led, also where the loss fell on the way;
 * only a picture that has reached the goal before, and is not attacked to the end, stays as it is.
 *
 * @param loss to climb
 */
public record Fgsm(Loss loss) implements Attack {
  /** By cross-entropy, as published. */
  public Fgsm() {
    this(Loss.CROSS_ENTROPY);
  }

  @Override
  public String name() {
    return loss == Loss.CROSS_ENTROPY ? "fgsm" : "fgsm-" + loss;
  }

  @Override
  public Passes cost(Norm norm, int classes) {
    return new Passes(2, 1);
  }

  @Override
  public Candidates search(Oracle oracle, Task task) {
    Pgd oneStep = new Pgd(loss).iterations(1).stepSize(task.threat().radius()).randomStart(false);
    return oneStep.search(oracle, task, false);
  }
}
