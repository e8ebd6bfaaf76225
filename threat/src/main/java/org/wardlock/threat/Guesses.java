package org.wardlock.threat;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.wardlock.attacks.Passes;
import org.wardlock.defense.ExperimentKeys;
import org.wardlock.defense.Key;
import org.wardlock.defense.KeyTransform;
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

  /** An attacker who found a key, and makes pictures on the model behind it. */
  static PreparedRow behind(
      KeyTables tables, ThreatSetting setting, Passes passes, Map<String, Object> findings) {
    KeyTransform transform =
        tables.transform(setting.service().imageShape(), setting.service().device());
    var opened = new MappedClassifier(setting.model().classifier(), transform);
    return new PreparedRow(
        TransferAttacks.from(opened), 0, passes, findings, Optional.of(opened), transform::close);
  }

  /** A finding, to four places. */
  static String number(double value) {
    // + 0 makes of -0 what people write
    return String.format(Locale.ROOT, "%.4f", Math.round(value * 1e4) / 1e4 + 0.0);
  }

  /** Of carrying pictures over from a model without a key, or with one that has gradients. */
  static Passes transferCost(ThreatSetting setting) {
    return transferCost(setting, false);
  }

  /** Of carrying pictures over from a model that may be behind a table. */
  static Passes transferCost(ThreatSetting setting, boolean behindTable) {
    return TransferAttacks.cost(setting.threat().norm(), setting.service().classes(), behindTable);
  }

  /** Whether keys of the service's kind have no gradient: then none that is drawn like it has. */
  static boolean areTables(ThreatSetting setting) {
    return !setting.service().isDifferentiable();
  }

  /** The model behind random keys of the service's kind; the caller closes each. */
  static List<BehindKey> random(ThreatSetting setting, int count) {
    List<BehindKey> guesses = new ArrayList<>();
    for (Key key : ExperimentKeys.draw(setting.key(), count, setting.seed())) {
      try (key) {
        guesses.add(new BehindKey(setting.model().classifier(), key));
      }
    }
    return guesses;
  }

  static Runnable closing(List<BehindKey> guesses) {
    return () -> guesses.forEach(BehindKey::close);
  }
}
