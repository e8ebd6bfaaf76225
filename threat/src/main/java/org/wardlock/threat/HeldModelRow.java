package org.wardlock.threat;

import java.util.Optional;
import org.wardlock.attacks.Passes;
import org.wardlock.nn.Classifier;

/**
 * An attacker who makes pictures on a model of his own and shows them to the service, by {@link
 * TransferAttacks}.
 *
 * @param name of the row
 * @param attacker whose it is
 * @param how in a line
 * @param held a differentiable classifier that takes the service's pictures, behind a key of its
 *     own if it has one; it stays the caller's to close
 * @param description what tells the held model from others: digests and key ids
 */
public record HeldModelRow(
    String name, Attacker attacker, String how, Classifier held, String description)
    implements Row {
  @Override
  public Optional<String> obstacle(ThreatSetting setting) {
    return held.isDifferentiable()
        ? Optional.empty()
        : Optional.of("the attacker's own model has no gradients");
  }

  @Override
  public RowCost cost(ThreatSetting setting) {
    return new RowCost(
        Passes.NONE, TransferAttacks.cost(setting.threat().norm(), setting.service().classes()));
  }

  @Override
  public String settings(ThreatSetting setting) {
    return TransferAttacks.settings() + " from " + description;
  }

  @Override
  public PreparedRow prepare(ThreatSetting setting) {
    return PreparedRow.of(TransferAttacks.from(held));
  }
}
