package org.wardlock.threat;

import java.util.Optional;
import org.wardlock.attacks.Passes;

/**
 * A row that belongs to the grid and is not run: so that no report has a gap in silence.
 *
 * @param name of the row
 * @param attacker whose it is
 * @param how in a line
 * @param why it is not run
 */
public record AbsentRow(String name, Attacker attacker, String how, String why) implements Row {
  /** A row in place of one that was not asked for. */
  public static AbsentRow notAskedFor(Row row) {
    return new AbsentRow(row.name(), row.attacker(), row.how(), "not asked for");
  }

  @Override
  public Optional<String> obstacle(ThreatSetting setting) {
    return Optional.of(why);
  }

  @Override
  public RowCost cost(ThreatSetting setting) {
    return new RowCost(Passes.NONE, Passes.NONE);
  }

  @Override
  public String settings(ThreatSetting setting) {
    return "none";
  }

  @Override
  public PreparedRow prepare(ThreatSetting setting) {
    throw new IllegalStateException("row " + name + ": is not run, as " + why);
  }
}
