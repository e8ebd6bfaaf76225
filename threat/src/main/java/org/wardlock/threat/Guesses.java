package org.wardlock.threat;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.wardlock.attacks.Passes;
import org.wardlock.defense.ExperimentKeys;
import org.wardlock.defense.Key;
import org.wardlock.defense.KeyedClassifier;
import org.wardlock.nn.Classifier;
import org.wardlock.tensor.Scope;
import org.wardlock.threat.recovery.KeyTables;

/** What rows share whose attackers guess keys. */
final class Guesses {
  static final String NO_KEY = "the model has no key";

  private Guesses() {}

  /** Why no tables can be searched for, if so. */
  static Optional<String> obstacleToTables(ThreatSetting setting) {
    if (setting.keySpec().isEmpty()) {
      return Optional.of(NO_KEY);
    }
    try {
      start(setting);
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.of(e.getMessage());
    }
  }

  /** The guess that the key does nothing. */
  static KeyTables start(ThreatSetting setting) {
    return KeyTables.identity(setting.key(), setting.service().imageShape().extent(0));
  }

  /** A finding, to four places. */
  static String number(double value) {
    // + 0 makes of -0 what people write
    return String.format(Locale.ROOT, "%.4f", Math.round(value * 1e4) / 1e4 + 0.0);
  }

  /** Of carrying pictures over. */
  static Passes transferCost(ThreatSetting setting) {
    return TransferAttacks.cost(setting.threat().norm(), setting.service().classes());
  }

  /**
   * The model behind a key that an attacker made up, with gradients: true ones, or those that a
   * stand-in for its table gives.
   */
  static final class Behind implements AutoCloseable {
    private final KeyedClassifier exact;
    private final KeyedClassifier known;

    Behind(Classifier model, Key key) {
      try (Scope _ = Scope.open("guessed key")) {
        exact = KeyedClassifier.of(model, key);
        known = exact.isDifferentiable() ? exact : exact.withIdentityGradient();
      }
    }

    Classifier classifier() {
      return known;
    }

    @Override
    public void close() {
      known.close();
      if (known != exact) {
        exact.close();
      }
    }
  }

  /** The model behind random keys of the service's kind; the caller closes each. */
  static List<Behind> random(ThreatSetting setting, int count) {
    List<Behind> guesses = new ArrayList<>();
    for (Key key : ExperimentKeys.draw(setting.key(), count, setting.seed())) {
      try (key) {
        guesses.add(new Behind(setting.model().classifier(), key));
      }
    }
    return guesses;
  }

  static Runnable closing(List<Behind> guesses) {
    return () -> guesses.forEach(Behind::close);
  }
}
