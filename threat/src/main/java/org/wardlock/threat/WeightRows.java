package org.wardlock.threat;

import java.util.List;
import org.wardlock.attacks.Loss;
import org.wardlock.attacks.gradient.Apgd;
import org.wardlock.threat.recovery.Criterion;
import org.wardlock.threat.recovery.ExpectationOverKeys;
import org.wardlock.threat.recovery.GuidedClimb;
import org.wardlock.threat.recovery.RandomGuesses;
import org.wardlock.threat.recovery.Relaxation;
import org.wardlock.threat.recovery.SearchChain;
import org.wardlock.threat.recovery.SwapClimb;
import org.wardlock.threat.recovery.WrongKeys;

/** The rows of the attacker who has the weights and not the key. */
final class WeightRows {
  private static final int WRONG_KEYS = 3;
  private static final int AVERAGED_KEYS = 10;
  private static final int AVERAGED_STEPS = 40;
  private static final int GUESSES = 1000;
  private static final int PICTURES = 100;
  private static final int SWEEPS = 2;
  private static final int CLIMB_ROUNDS = 40;
  private static final int CLIMB_TRIES = 40;
  private static final int CLIMB_PICTURES = 200;
  private static final int LIKELY_KEYS = 64;
  private static final int LIKELY_PICTURES = 32;
  private static final long SEEDS = 10_000;
  private static final int SEED_PICTURES = 32;

  private WeightRows() {}

  static List<Row> of(ThreatSetting setting) {
    Apgd apgd = new Apgd(Loss.CROSS_ENTROPY);
    return List.of(
        new RandomKeysRow(
            "d-wrong-keys",
            "pictures made on the model behind wrong keys, one after the other",
            WRONG_KEYS,
            guesses -> new WrongKeys(apgd, guesses)),
        new RandomKeysRow(
            "d-eot-keys",
            "pictures made on the model behind many random keys at once, gradients averaged",
            AVERAGED_KEYS,
            guesses -> new ExpectationOverKeys(apgd.iterations(AVERAGED_STEPS), guesses)),
        new SearchRow(
            "d-random-search",
            "the best of random keys, by accuracy on own pictures",
            new RandomGuesses(GUESSES, setting.seed()),
            PICTURES),
        new SearchRow(
            "d-swap-accuracy",
            "a climb to a key by exchanges, by accuracy on own pictures",
            new SwapClimb(Criterion.ACCURACY, SWEEPS),
            PICTURES),
        new SearchRow(
            "d-swap-loss",
            "a climb to a key by the exchanges that gradients foretell, by loss on own pictures",
            new GuidedClimb(CLIMB_ROUNDS, CLIMB_TRIES),
            CLIMB_PICTURES),
        new SearchRow(
            "d-relaxation",
            "a key relaxed to a doubly stochastic matrix, by gradients of the loss, then a climb",
            SearchChain.of(
                Relaxation.standard(setting.seed()), new GuidedClimb(CLIMB_ROUNDS, CLIMB_TRIES)),
            CLIMB_PICTURES),
        new FilterMatchRow(),
        new ColumnLikenessRow(LIKELY_KEYS, LIKELY_PICTURES),
        new SeedRow(SEEDS, SEED_PICTURES));
  }
}
