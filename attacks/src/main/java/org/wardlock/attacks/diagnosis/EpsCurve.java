package org.wardlock.attacks.diagnosis;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import org.wardlock.attacks.Attack;
import org.wardlock.attacks.Pictures;
import org.wardlock.attacks.Rational;
import org.wardlock.attacks.Threat;
import org.wardlock.nn.Classifier;

/**
 * Accuracy under attack against the radius (Carlini et al. 2019): it must not rise, and must be 0
 * where the attack may turn every picture into every other.
 */
final class EpsCurve {
  /** Half the radius, the radius, and fourfold until everything is permitted. */
  static final int MOST_RADII = 6;

  /** The share of pictures that may stand at a larger radius than one they fell at, and one. */
  private static final double RISES = 0.05;

  private final Attack attack;
  private final long seed;

  EpsCurve(Attack attack, long seed) {
    this.attack = attack;
    this.seed = seed;
  }

  /**
   * A point of the curve.
   *
   * @param standing whether each picture stands
   */
  record Point(Threat threat, boolean[] standing) {}

  List<Flag> look(Classifier classifier, Pictures pictures, Threat threat) {
    List<Point> curve = new ArrayList<>();
    for (Threat one : threats(threat, pictures.images().shape().without(0).count())) {
      curve.add(new Point(one, Standing.after(classifier, pictures, one, seed, attack)));
    }
    return flags(curve);
  }

  /** Radii from half the given one to where everything is permitted. */
  static List<Threat> threats(Threat threat, long values) {
    Rational everything =
        switch (threat.norm()) {
          case LINF -> Rational.of(1, 1);
          case L2 -> Rational.of((long) Math.ceil(Math.sqrt(values)), 1);
          case L1 -> Rational.of(values, 1);
        };
    List<Threat> threats = new ArrayList<>();
    Rational radius = threat.radius();
    if (radius.compareTo(Rational.ZERO) > 0) {
      Rational half = times(radius, 1, 2);
      for (Rational next = half;
          threats.size() < MOST_RADII - 1 && next.compareTo(everything) < 0;
          next = next == half ? radius : times(next, 4, 1)) {
        threats.add(new Threat(threat.norm(), next));
      }
    }
    threats.add(new Threat(threat.norm(), everything));
    return threats;
  }

  private static Rational times(Rational radius, long above, long below) {
    BigInteger numerator =
        BigInteger.valueOf(radius.numerator()).multiply(BigInteger.valueOf(above));
    BigInteger denominator =
        BigInteger.valueOf(radius.denominator()).multiply(BigInteger.valueOf(below));
    BigInteger common = numerator.gcd(denominator);
    return Rational.of(
        numerator.divide(common).longValueExact(), denominator.divide(common).longValueExact());
  }

  List<Flag> flags(List<Point> curve) {
    List<Flag> flags = new ArrayList<>();
    Point last = curve.getLast();
    int unbroken = Standing.count(last.standing());
    if (unbroken > 0) {
      flags.add(
          new Flag(
              "unbounded-attack-fails",
              "%s leaves %d of %d pictures standing at %s, where it may change everything (%s)"
                  .formatted(
                      attack.name(), unbroken, last.standing().length, last.threat(), text(curve)),
              "the attack does not work on this model: run square and apgd-t, and look for what"
                  + " hides the gradient"));
      return flags;
    }
    for (int i = 1; i < curve.size(); i++) {
      Point smaller = curve.get(i - 1);
      Point larger = curve.get(i);
      int risen = Standing.more(larger.standing(), smaller.standing());
      if (risen > 1 && risen > RISES * larger.standing().length) {
        flags.add(
            new Flag(
                "curve-rises",
                "%d of %d pictures fall to %s at %s and stand at %s (%s)"
                    .formatted(
                        risen,
                        larger.standing().length,
                        attack.name(),
                        smaller.threat(),
                        larger.threat(),
                        text(curve)),
                "a larger radius permits all that a smaller one does: give the attack more steps and"
                    + " restarts, or a step that suits the radius"));
        break;
      }
    }
    return flags;
  }

  private static String text(List<Point> curve) {
    StringJoiner text = new StringJoiner(", ");
    for (Point point : curve) {
      text.add(Standing.count(point.standing()) + " at " + point.threat().radius());
    }
    return text.toString();
  }
}
