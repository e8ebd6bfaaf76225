package org.wardlock.threat;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.wardlock.attacks.Pictures;
import org.wardlock.tensor.Scope;
import org.wardlock.threat.recovery.GuessJudge;
import org.wardlock.threat.recovery.KeyEstimate;
import org.wardlock.threat.recovery.KeySearch;

/**
 * An attacker who has the weights, searches for a key that fits them and own labelled pictures, and
 * makes pictures on the model behind the best guess.
 *
 * @param name of the row
 * @param how in a line
 * @param search for the key
 * @param pictures of the attacker's own by which guesses are judged, at most
 */
public record SearchRow(String name, String how, KeySearch search, int pictures) implements Row {
  @Override
  public Attacker attacker() {
    return Attacker.D;
  }

  @Override
  public Optional<String> obstacle(ThreatSetting setting) {
    return Guesses.obstacleToTables(setting);
  }

  private int judged(ThreatSetting setting) {
    return Math.min(pictures, setting.own().count());
  }

  @Override
  public RowCost cost(ThreatSetting setting) {
    return new RowCost(
        search.cost(Guesses.start(setting), judged(setting)), Guesses.transferCost(setting));
  }

  @Override
  public String settings(ThreatSetting setting) {
    return "%s by %s own pictures; %s"
        .formatted(search, judged(setting), TransferAttacks.settings());
  }

  @Override
  public PreparedRow prepare(ThreatSetting setting) throws IOException {
    KeyEstimate estimate;
    try (Scope _ = Scope.open(name)) {
      Pictures own = setting.own().pictures(0, judged(setting));
      GuessJudge judge = new GuessJudge(setting.model().classifier(), own.images(), own.labels());
      estimate = search.search(judge, Guesses.start(setting));
    }
    Map<String, Object> findings = new LinkedHashMap<>();
    findings.put("accuracy behind the guess", Guesses.number(estimate.score().accuracy()));
    findings.put("loss behind the guess", Guesses.number(estimate.score().loss()));
    return Guesses.behind(estimate.tables(), setting, estimate.passes(), findings);
  }
}
