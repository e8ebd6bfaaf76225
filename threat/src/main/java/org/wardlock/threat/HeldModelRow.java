package org.wardlock.threat;

import java.util.Optional;
import org.wardlock.attacks.Passes;

/**
 * An attacker who makes pictures on a model of his own and shows them to the service, by {@link
 * TransferAttacks}.
 *
 * @param name of the row
 * @param attacker whose it is
 * @param how in a line
 * @param held takes the service's pictures, behind a key of its own if it has one; it stays the
 *     caller's to close
 * @param description what tells the held model from others: digests and key ids
 */
public record HeldModelRow(
    String name, Attacker attacker, String how, Surrogate held, String description) implements Row {
  @Override
  public Optional<String> obstacle(ThreatSetting setting) {
    return held.classifier().isDifferentiable()
        ? Optional.empty()
        : Optional.of("the attacker's own model has no gradients");
  }

  @Override
  public RowCost cost(ThreatSetting setting) {
    return new RowCost(Passes.NONE, Guesses.transferCost(setting, held.table().isPresent()));
  }

  @Override
  public String settings(ThreatSetting setting) {
    return TransferAttacks.settings(held.table().isPresent()) + " from " + description;
  }

  @Override
  public PreparedRow prepare(ThreatSetting setting) {
    return PreparedRow.of(TransferAttacks.from(held, setting.threat().norm()));
  }
}
