package org.wardlock.threat;

import java.util.List;
import org.wardlock.attacks.Attack;
import org.wardlock.attacks.Loss;
import org.wardlock.attacks.Norm;
import org.wardlock.attacks.Passes;
import org.wardlock.attacks.Transfer;
import org.wardlock.attacks.gradient.Apgd;
import org.wardlock.attacks.gradient.MomentumFgsm;
import org.wardlock.nn.Classifier;

/**
 * The attacks by which every row that holds a model of its own carries pictures over to the
 * service: the strongest on the model itself, and one made for carrying over (momentum, input
 * diversity and a smoothed gradient: Dong et al. 2018, Xie et al. 2019, Dong et al. 2019).
 */
public final class TransferAttacks {
  private static final double DIVERSITY = 0.7;
  private static final int SMOOTHING = 7;
  private static final int MOMENTUM_STEPS = 20;

  /** Plain momentum last: where keys have torn pixels apart, smoothing does not help. */
  private static final List<Attack> ATTACKS =
      List.of(
          new Apgd(Loss.CROSS_ENTROPY),
          new MomentumFgsm().diversity(DIVERSITY).smoothing(SMOOTHING).iterations(MOMENTUM_STEPS),
          new MomentumFgsm().iterations(MOMENTUM_STEPS));

  private TransferAttacks() {}

  /** The attacks on the model itself. */
  public static List<Attack> onSurrogate() {
    return ATTACKS;
  }

  /** The attacks from a differentiable model that the attacker holds. */
  public static List<Attack> from(Classifier surrogate) {
    return ATTACKS.stream().<Attack>map(attack -> new Transfer(attack, surrogate)).toList();
  }

  /** The most work they take for one picture. */
  public static Passes cost(Norm norm, int classes) {
    Passes sum = Passes.NONE;
    for (Attack attack : ATTACKS) {
      sum = sum.plus(attack.cost(norm, classes)).plus(new Passes(1, 0));
    }
    return sum;
  }

  /** All their settings. */
  public static String settings() {
    return ATTACKS.toString();
  }
}
