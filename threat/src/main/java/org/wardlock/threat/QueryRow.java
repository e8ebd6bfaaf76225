package org.wardlock.threat;

import java.util.List;
import org.wardlock.attacks.Attack;
import org.wardlock.attacks.Passes;

/**
 * An attacker who only asks the service: for scores or, by attacks that look at nothing else, for
 * labels.
 *
 * @param name of the row
 * @param attacker whose it is
 * @param how in a line
 * @param attacks that ask
 */
public record QueryRow(String name, Attacker attacker, String how, List<Attack> attacks)
    implements Row {
  /** Keeps a copy. */
  public QueryRow {
    attacks = List.copyOf(attacks);
  }

  @Override
  public RowCost cost(ThreatSetting setting) {
    Passes sum = Passes.NONE;
    for (Attack attack : attacks) {
      sum = sum.plus(attack.cost(setting.threat().norm(), setting.service().classes()));
    }
    return new RowCost(Passes.NONE, sum);
  }

  @Override
  public String settings(ThreatSetting setting) {
    return attacks.toString();
  }

  @Override
  public PreparedRow prepare(ThreatSetting setting) {
    return PreparedRow.of(attacks);
  }
}
