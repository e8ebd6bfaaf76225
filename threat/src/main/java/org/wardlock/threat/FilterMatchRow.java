package org.wardlock.threat;

import java.io.IOException;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.wardlock.attacks.Passes;
import org.wardlock.nn.weights.WeightsException;
import org.wardlock.threat.recovery.FilterMatch;

/**
 * An attacker who has the weights and those of the public model they may have been made from, reads
 * the key off the patch embeddings, and makes pictures on the model behind it.
 */
public record FilterMatchRow() implements Row {
  @Override
  public String name() {
    return "d-weight-match";
  }

  @Override
  public Attacker attacker() {
    return Attacker.D;
  }

  @Override
  public String how() {
    return "the key read off the patch embedding, beside that of the public plain model";
  }

  @Override
  public Optional<String> obstacle(ThreatSetting setting) {
    Optional<String> noTables = Guesses.obstacleToTables(setting);
    if (noTables.isPresent()) {
      return noTables;
    }
    if (setting.bases().isEmpty()) {
      return Optional.of("no plain base was given");
    }
    try {
      match(setting);
      return Optional.empty();
    } catch (IllegalArgumentException | WeightsException e) {
      return Optional.of(e.getMessage());
    }
  }

  /** The cheapest match: an attacker who holds several models tries each. */
  private static FilterMatch match(ThreatSetting setting) throws WeightsException {
    return BaseMatches.of(setting, (found, base) -> FilterMatch.between(found, base, setting.key()))
        .stream()
        .min(Comparator.comparingDouble(FilterMatch::cost))
        .orElseThrow();
  }

  @Override
  public RowCost cost(ThreatSetting setting) {
    return new RowCost(Passes.NONE, Guesses.transferCost(setting));
  }

  @Override
  public String settings(ThreatSetting setting) {
    int bases = setting.bases().size();
    String beside = bases == 1 ? "the first base" : "the likeliest of %s bases".formatted(bases);
    return "beside %s; %s".formatted(beside, TransferAttacks.settings());
  }

  @Override
  public PreparedRow prepare(ThreatSetting setting) throws IOException {
    FilterMatch match = match(setting);
    Map<String, Object> findings = new LinkedHashMap<>();
    findings.put("cost of the match", Guesses.number(match.cost()));
    findings.put("margin of the match", Guesses.number(match.margin()));
    return Guesses.behind(match.tables(), setting, Passes.NONE, findings);
  }
}
