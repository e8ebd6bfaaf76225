package org.wardlock.threat;

import java.io.IOException;
import java.util.Optional;

/**
 * One line of the grid: an attacker, and one way of using what that attacker knows. The grid runs
 * its attacks on the service, all on the same pictures, and keeps records of each row: so whatever
 * a row finds out before, it says in the end by attacks, and is judged by the service alone.
 *
 * <p>What a row finds is a function of the setting, to the last bit: a run that is resumed makes
 * ready again.
 */
public interface Row {
  /** Tells it from other rows and names its records: letters, digits and dashes. */
  String name();

  /** Who it is; several rows may be the same attacker's. */
  Attacker attacker();

  /** What is done with what the attacker knows, in a line. */
  String how();

  /** Why the row has no sense in this setting, if it has none: said in its place. */
  default Optional<String> obstacle(ThreatSetting setting) {
    return Optional.empty();
  }

  /** The most work it takes, where there is no obstacle. */
  RowCost cost(ThreatSetting setting);

  /** All settings of the row and its attacks: a run that is resumed compares them. */
  String settings(ThreatSetting setting);

  /**
   * Makes ready: searches for a key, trains a copy, or nothing at all.
   *
   * @throws IOException if pictures or weights cannot be read
   */
  PreparedRow prepare(ThreatSetting setting) throws IOException;
}
