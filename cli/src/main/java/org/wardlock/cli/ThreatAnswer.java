package org.wardlock.cli;

import java.util.List;
import java.util.Map;
import org.wardlock.attacks.Threat;
import org.wardlock.attacks.evaluation.Share;
import org.wardlock.attacks.evaluation.WilsonInterval;
import org.wardlock.threat.Attacker;
import org.wardlock.threat.RowResult;
import org.wardlock.threat.ThreatReport;

/** What the grid found, for programs: {@code threat.json} and {@code --json}. */
final class ThreatAnswer {
  private static final int FORMAT = 1;

  private ThreatAnswer() {}

  static Answer of(ThreatReport report, Threat threat) {
    Answer answer =
        new Answer()
            .put("format", FORMAT)
            .put("threat", threat.toString())
            .put("images", report.clean().total())
            .put("deterministic", report.deterministic());
    put(answer, "clean_accuracy", report.clean());
    put(answer, "without_key", report.withoutKey());
    answer
        .put("without_key_attackers", attackers(report))
        .put("without_key_missing", report.missing().stream().map(Attacker::name).toList());
    if (report.isRun(Attacker.F)) {
      put(answer, "with_key", report.withKey());
    }
    put(answer, "against_all", report.againstAll());
    return answer.put("rows", report.rows().stream().map(ThreatAnswer::row).toList());
  }

  private static List<String> attackers(ThreatReport report) {
    return List.of(Attacker.values()).stream()
        .filter(one -> !one.knowsKey() && report.isRun(one))
        .map(Attacker::name)
        .toList();
  }

  private static void put(Answer answer, String name, Share share) {
    WilsonInterval interval = share.interval();
    answer
        .put(name, share.value())
        .put(name + "_interval", List.of(interval.low(), interval.high()));
  }

  private static Map<String, Object> row(RowResult row) {
    Answer answer =
        new Answer()
            .put("row", row.name())
            .put("letter", row.attacker().name())
            .put("attacker", row.attacker().title())
            .put("knows", row.attacker().knows())
            .put("how", row.how())
            .put("has_key", row.attacker().knowsKey());
    if (!row.isRun()) {
      return answer.put("not_run", row.absent().orElseThrow()).values();
    }
    put(answer, "robust_accuracy", row.robust());
    return answer
        .put("queries", row.queries())
        .put("forward", row.passes().forward())
        .put("backward", row.passes().backward())
        .put("seconds", row.seconds())
        .put("attacks", AttackAnswer.lines(row.attacks()))
        .put("findings", row.findings())
        .values();
  }
}
