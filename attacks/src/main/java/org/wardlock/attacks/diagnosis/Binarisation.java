package org.wardlock.attacks.diagnosis;

import java.util.List;
import java.util.Optional;
import org.wardlock.attacks.Attack;
import org.wardlock.attacks.Features;
import org.wardlock.attacks.Passes;
import org.wardlock.attacks.PictureOutcome;
import org.wardlock.attacks.Pictures;
import org.wardlock.attacks.Threat;
import org.wardlock.nn.Classifier;
import org.wardlock.tensor.Scope;

/**
 * The binarisation test (Zimmermann et al. 2022): whether an attack finds what is known to be
 * there. Around each picture a linear readout of the classifier's features is fitted that tells one
 * random point at the rim of the ball from 199 random points within 0.95 of it and from the clean
 * picture. The threshold lies next to the point at the rim, so the ball holds something to find,
 * and chance does not find it. An attack by gradients that misses it on one picture in twenty
 * misses more than it should.
 *
 * <p>The readout's answer has as many classes as the classifier's, so that every attack runs as it
 * is; all but two of them are out of reach. Its logits are as far apart at the clean picture as the
 * classifier's own. Published are 999 points within.
 */
public final class Binarisation {
  private static final int BY_CHANCE = 200;
  private static final double ENOUGH = 0.95;

  private final Attack attack;
  private final Optional<Features> features;
  private final long seed;

  /**
   * Prepares the test.
   *
   * @param features of the classifier that the readout is fitted to; its logits where there are
   *     none, which are few, and not every picture can be tested with them
   */
  public Binarisation(Attack attack, Optional<Features> features, long seed) {
    this.attack = attack;
    this.features = features;
    this.seed = seed;
  }

  /**
   * What came of it.
   *
   * @param attack the name of the attack
   * @param tests pictures for which there was a readout
   * @param found of these, where the attack found what is there
   * @param byChance of these, where one of 200 random points did
   */
  public record Result(String attack, int tests, int found, int byChance) {
    /** A flag, if the attack misses one in twenty or more. */
    public List<Flag> flags() {
      if (found >= ENOUGH * tests) {
        return List.of();
      }
      return List.of(
          new Flag(
              "binarisation-failed",
              "%s finds %d of %d pictures that are known to be there, and chance finds %d"
                  .formatted(attack, found, tests, byChance),
              "an attack that misses these misses others: give it more steps and restarts, or find"
                  + " what misleads it on the way through this model"));
    }
  }

  static Passes cost(Passes attack) {
    return attack.plus(
        new Passes((long) Readout.ATTEMPTS * (Readout.POINTS + 1) + BY_CHANCE + 2, 0));
  }

  /** Tests the attack around each of some pictures. */
  public Result run(Classifier classifier, Pictures pictures, Threat threat) {
    Features seen = features.orElseGet(() -> Features.ofLogits(classifier));
    int tests = 0;
    int found = 0;
    int byChance = 0;
    for (int row = 0; row < pictures.count(); row++) {
      try (Scope _ = Scope.open("binarisation")) {
        Pictures one = pictures.select(row);
        Optional<Readout> readout = Readout.fit(classifier, seen, one, threat, seed);
        if (readout.isPresent()) {
          Pictures unlabelled = Pictures.of(one.images(), Readout.INNER).withIds(one.ids());
          tests++;
          found += breaks(readout.get(), unlabelled, threat) ? 1 : 0;
          byChance += readout.get().isFoundByChance(one, threat, BY_CHANCE, seed) ? 1 : 0;
        }
      }
    }
    return new Result(attack.name(), tests, found, byChance);
  }

  private boolean breaks(Readout readout, Pictures picture, Threat threat) {
    PictureOutcome outcome = attack.run(readout, picture, threat, seed).pictures().getFirst();
    return outcome.brokenBy().isPresent();
  }
}
