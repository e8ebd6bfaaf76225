package org.wardlock.threat;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.wardlock.attacks.Attack;
import org.wardlock.attacks.Passes;
import org.wardlock.nn.Classifier;

/**
 * An attacker who has the weights and makes pictures on the model behind random keys of the same
 * kind.
 *
 * @param name of the row
 * @param how in a line
 * @param keys how many
 * @param attack on the models behind them
 */
public record RandomKeysRow(
    String name, String how, int keys, Function<List<Classifier>, Attack> attack) implements Row {
  @Override
  public Attacker attacker() {
    return Attacker.D;
  }

  @Override
  public Optional<String> obstacle(ThreatSetting setting) {
    return setting.keySpec().isEmpty() ? Optional.of(Guesses.NO_KEY) : Optional.empty();
  }

  /** The attack on as many models, whichever they are. */
  private Attack planned(ThreatSetting setting) {
    return attack.apply(Collections.nCopies(keys, setting.model().classifier()));
  }

  @Override
  public RowCost cost(ThreatSetting setting) {
    return new RowCost(
        Passes.NONE, planned(setting).cost(setting.threat().norm(), setting.service().classes()));
  }

  @Override
  public String settings(ThreatSetting setting) {
    return planned(setting).toString();
  }

  @Override
  public PreparedRow prepare(ThreatSetting setting) {
    List<BehindKey> guesses = Guesses.random(setting, keys);
    List<Classifier> models =
        guesses.stream().map(guess -> guess.surrogate().classifier()).toList();
    return new PreparedRow(
        List.of(attack.apply(models)), 0, Passes.NONE, Map.of(), Guesses.closing(guesses));
  }
}
