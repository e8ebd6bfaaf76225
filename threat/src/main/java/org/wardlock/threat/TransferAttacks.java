package org.wardlock.threat;

import java.util.List;
import java.util.stream.Stream;
import org.wardlock.attacks.Attack;
import org.wardlock.attacks.Loss;
import org.wardlock.attacks.Norm;
import org.wardlock.attacks.Passes;
import org.wardlock.attacks.Transfer;
import org.wardlock.attacks.gradient.Apgd;
import org.wardlock.attacks.gradient.LatticeAscent;
import org.wardlock.attacks.gradient.MomentumFgsm;
import org.wardlock.nn.Classifier;

/**
 * The attacks by which every row that holds a model of its own carries pictures over to the
 * service: the strongest on the model itself, and one made for carrying over (momentum, input
 * diversity and a smoothed gradient: Dong et al. 2018, Xie et al. 2019, Dong et al. 2019). On a
 * model behind a table, where they climb with a stand-in for its gradient, LS-PGA comes first.
 */
public final class TransferAttacks {
  private static final double DIVERSITY = 0.7;
  private static final int SMOOTHING = 7;
  private static final int MOMENTUM_STEPS = 20;

  /** Of LS-PGA wherever a grid runs it. */
  static final int LATTICE_STEPS = 100;

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

  /** The attacks from a model that may be behind a table: in linf, LS-PGA before the others. */
  static List<Attack> from(Surrogate surrogate, Norm norm) {
    Stream<Attack> lattice =
        surrogate.table().filter(_ -> norm == Norm.LINF).stream()
            .map(table -> new LatticeAscent(table).iterations(LATTICE_STEPS))
            .map(attack -> new Transfer(attack, surrogate.classifier()));
    return Stream.concat(lattice, from(surrogate.classifier()).stream()).toList();
  }

  /**
   * The most work they take for one picture.
   *
   * @param behindTable whether the model is behind a table
   */
  public static Passes cost(Norm norm, int classes, boolean behindTable) {
    Passes sum =
        behindTable && norm == Norm.LINF
            ? new Passes(2L * LATTICE_STEPS + 1, LATTICE_STEPS)
            : Passes.NONE;
    for (Attack attack : ATTACKS) {
      sum = sum.plus(attack.cost(norm, classes)).plus(new Passes(1, 0));
    }
    return sum;
  }

  /** All their settings. */
  public static String settings() {
    return ATTACKS.toString();
  }

  /** All their settings, for a model that may be behind a table. */
  static String settings(boolean behindTable) {
    return (behindTable ? "LS-PGA of %d steps behind the table, ".formatted(LATTICE_STEPS) : "")
        + settings();
  }
}
