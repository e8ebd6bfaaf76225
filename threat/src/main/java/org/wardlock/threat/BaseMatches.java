package org.wardlock.threat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.wardlock.nn.weights.WeightsException;
import org.wardlock.threat.recovery.PatchFilters;

/** What comes of holding the attacked model's patch embedding beside those of public models. */
final class BaseMatches {
  private BaseMatches() {}

  /**
   * The matches to the bases that fit, in their order.
   *
   * @param setting that has a base
   * @param match of the attacked embedding to a base's
   * @return one or more
   * @throws IllegalArgumentException if none fits, with what is wrong with the first
   * @throws WeightsException if weights cannot be read
   */
  static <T> List<T> of(ThreatSetting setting, BiFunction<PatchFilters, PatchFilters, T> match)
      throws WeightsException {
    PatchFilters found = PatchFilters.of(setting.model().weights());
    var matches = new ArrayList<T>();
    var misfits = new ArrayList<IllegalArgumentException>();
    for (KnownModel base : setting.bases()) {
      try {
        matches.add(match.apply(found, PatchFilters.of(base.weights())));
      } catch (IllegalArgumentException e) {
        misfits.add(e); // of another size, or no such network: no use to this attacker
      }
    }
    if (matches.isEmpty()) {
      throw misfits.getFirst();
    }
    return matches;
  }
}
