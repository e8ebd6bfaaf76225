package org.wardlock.attacks.diagnosis;

import org.wardlock.attacks.Attack;
import org.wardlock.attacks.Transfer;
import org.wardlock.attacks.decision.BoundaryAttack;
import org.wardlock.attacks.decision.HopSkipJump;
import org.wardlock.attacks.gradient.Apgd;
import org.wardlock.attacks.gradient.CarliniWagner;
import org.wardlock.attacks.gradient.Ddn;
import org.wardlock.attacks.gradient.DeepFool;
import org.wardlock.attacks.gradient.EstimatedAscent;
import org.wardlock.attacks.gradient.Fab;
import org.wardlock.attacks.gradient.FeatureMimicry;
import org.wardlock.attacks.gradient.Fgsm;
import org.wardlock.attacks.gradient.Fmn;
import org.wardlock.attacks.gradient.LatticeAscent;
import org.wardlock.attacks.gradient.MomentumFgsm;
import org.wardlock.attacks.gradient.Pgd;
import org.wardlock.attacks.score.RandomSearch;
import org.wardlock.attacks.score.Simba;
import org.wardlock.attacks.score.Square;

/** The same attack with twice the work. */
final class Twice {
  /** What one step is compared with. */
  private static final int STEPS_BESIDE_ONE = 10;

  private Twice() {}

  /**
   * With twice the steps or queries. A single step becomes ten. An attack that is not known here
   * stays as it is, which tells nothing.
   */
  static Attack of(Attack attack) {
    return switch (attack) {
      case Fgsm fgsm -> new Pgd(fgsm.loss()).iterations(STEPS_BESIDE_ONE).randomStart(false);
      case Pgd pgd -> pgd.iterations(twice(pgd.iterations()));
      case Apgd apgd -> apgd.iterations(twice(apgd.iterations()));
      case Fab fab -> fab.iterations(twice(fab.iterations()));
      case DeepFool deepFool -> deepFool.iterations(twice(deepFool.iterations()));
      case Ddn ddn -> new Ddn(twice(ddn.iterations()));
      case Fmn fmn -> new Fmn(twice(fmn.iterations()));
      case CarliniWagner carliniWagner ->
          carliniWagner.iterations(twice(carliniWagner.iterations()));
      case MomentumFgsm momentum -> momentum.iterations(twice(momentum.iterations()));
      case EstimatedAscent estimated -> estimated.iterations(twice(estimated.iterations()));
      case LatticeAscent lattice -> lattice.iterations(twice(lattice.iterations()));
      case FeatureMimicry mimicry -> mimicry.iterations(twice(mimicry.iterations()));
      case Square square -> square.queries(twice(square.queries()));
      case Simba simba -> simba.queries(twice(simba.queries()));
      case RandomSearch random -> new RandomSearch(twice(random.trials()));
      case HopSkipJump hops -> hops.queries(twice(hops.queries()));
      case BoundaryAttack boundary -> new BoundaryAttack(twice(boundary.queries()));
      case Transfer(var inner, var surrogate) -> new Transfer(of(inner), surrogate);
      default -> attack;
    };
  }

  private static int twice(int count) {
    return Math.multiplyExact(2, count);
  }
}
