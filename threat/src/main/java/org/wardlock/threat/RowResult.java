package org.wardlock.threat;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.wardlock.attacks.Passes;
import org.wardlock.attacks.evaluation.AttackReport;
import org.wardlock.attacks.evaluation.PictureRecord;
import org.wardlock.attacks.evaluation.Share;

/**
 * What one row came to.
 *
 * @param name of the row
 * @param attacker whose it is
 * @param how the attacker went about it
 * @param absent why it was not run, if it was not: then all that follows is empty
 * @param pictures one record each, in the order of the grid's pictures
 * @param attacks what each attack left standing and cost
 * @param queries of the service, making ready included
 * @param passes of single pictures through the service and the attacker's models, making ready
 *     included
 * @param seconds of wall-clock time, likewise
 * @param findings of making ready, by name
 */
public record RowResult(
    String name,
    Attacker attacker,
    String how,
    Optional<String> absent,
    List<PictureRecord> pictures,
    List<AttackReport.Line> attacks,
    long queries,
    Passes passes,
    double seconds,
    Map<String, String> findings) {
  /** Keeps copies, findings by name. */
  public RowResult {
    pictures = List.copyOf(pictures);
    attacks = List.copyOf(attacks);
    findings = Collections.unmodifiableMap(new TreeMap<>(findings));
  }

  static RowResult absent(Row row, String why) {
    return new RowResult(
        row.name(),
        row.attacker(),
        row.how(),
        Optional.of(why),
        List.of(),
        List.of(),
        0,
        Passes.NONE,
        0,
        Map.of());
  }

  /** Whether the row was run. */
  public boolean isRun() {
    return absent.isEmpty();
  }

  /** Of all pictures those that are classified rightly and that the row did not break. */
  public Share robust() {
    return new Share(
        (int) pictures.stream().filter(PictureRecord::isRobust).count(), pictures.size());
  }
}
