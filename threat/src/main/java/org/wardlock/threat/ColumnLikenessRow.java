package org.wardlock.threat;

import java.io.IOException;
import java.util.Optional;
import org.wardlock.attacks.Passes;
import org.wardlock.defense.KeySpec;
import org.wardlock.nn.weights.WeightsException;
import org.wardlock.threat.recovery.ColumnLikeness;
import org.wardlock.threat.recovery.GramMatch;
import org.wardlock.threat.recovery.PatchFilters;

/**
 * An attacker who has the weights and no model they were made from: the key is read off how alike
 * the columns of the patch embedding are, beside those of any plain model of such pictures, or of
 * smooth filters where there is none.
 *
 * @param candidates judged by own pictures, at most
 * @param pictures of the attacker's own by which they are judged, at most
 */
public record ColumnLikenessRow(int candidates, int pictures) implements Row {
  private static final int MOST_STARTS = 500;
  private static final int LEAST_STARTS = 8;

  /** About half a minute of one core: a start takes some ten times the cube of a block's values. */
  private static final double WORK = 2e9;

  @Override
  public String name() {
    return "d-column-likeness";
  }

  @Override
  public Attacker attacker() {
    return Attacker.D;
  }

  @Override
  public String how() {
    return "the key read off how alike the columns of the patch embedding are, no model it was made from";
  }

  @Override
  public Optional<String> obstacle(ThreatSetting setting) {
    Optional<String> noTables = Guesses.obstacleToTables(setting);
    if (noTables.isPresent()) {
      return noTables;
    }
    try {
      match(setting);
      return Optional.empty();
    } catch (IllegalArgumentException | WeightsException e) {
      return Optional.of(e.getMessage());
    }
  }

  private static GramMatch match(ThreatSetting setting) throws WeightsException {
    KeySpec spec = setting.key();
    double values = Guesses.start(setting).length();
    int starts = (int) Math.clamp(WORK / (values * values * values), LEAST_STARTS, MOST_STARTS);
    if (setting.bases().isEmpty()) {
      PatchFilters found = PatchFilters.of(setting.model().weights());
      return GramMatch.toSmoothness(found, spec, starts, setting.seed());
    }
    return BaseMatches.of(
            setting, (found, base) -> GramMatch.toModel(found, base, spec, starts, setting.seed()))
        .getFirst();
  }

  @Override
  public RowCost cost(ThreatSetting setting) {
    return new RowCost(
        new Passes((long) candidates * judged(setting), 0), Guesses.transferCost(setting));
  }

  private int judged(ThreatSetting setting) {
    return Math.min(pictures, setting.own().count());
  }

  @Override
  public String settings(ThreatSetting setting) {
    return "beside %s, %s candidates judged by %s own pictures, at most %s starts; %s"
        .formatted(
            setting.bases().isEmpty() ? "smooth filters" : "the first base",
            candidates,
            judged(setting),
            MOST_STARTS,
            TransferAttacks.settings());
  }

  @Override
  public PreparedRow prepare(ThreatSetting setting) throws IOException {
    ColumnLikeness search = new ColumnLikeness(match(setting), candidates);
    return new SearchRow(name(), how(), search, pictures).prepare(setting);
  }
}
