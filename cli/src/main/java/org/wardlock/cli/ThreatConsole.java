package org.wardlock.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.wardlock.attacks.Passes;
import org.wardlock.attacks.evaluation.PassTimes;
import org.wardlock.attacks.evaluation.Share;
import org.wardlock.attacks.evaluation.WilsonInterval;
import org.wardlock.threat.Attacker;
import org.wardlock.threat.Row;
import org.wardlock.threat.RowResult;
import org.wardlock.threat.ThreatListener;
import org.wardlock.threat.ThreatReport;

/** Shows a person how the grid goes: its cost, a bar for each row, a table at the end. */
final class ThreatConsole implements ThreatListener, AutoCloseable {
  private static final String LINE = "%-16s %-10s %8s   %-16s %12s %16s %10s%n";

  private final PrintWriter out;
  private PassTimes times = new PassTimes(0, 0);
  private Progress progress = Progress.none();
  private Optional<String> shown = Optional.empty();

  ThreatConsole(PrintWriter out) {
    this.out = out;
  }

  /** Says what it will cost, before anything is attacked. */
  void cost(int pictures, List<Row> rows, Passes atMost, PassTimes measured) {
    times = measured;
    out.printf(
        Locale.ROOT, "%d pictures, %d rows; at most %s%n", pictures, rows.size(), cost(atMost));
  }

  private String cost(Passes atMost) {
    return String.format(
        Locale.ROOT,
        "%,d forward and %,d backward passes, %s at the pace of a first look",
        atMost.forward(),
        atMost.backward(),
        AttackConsole.inWords(times.of(atMost)));
  }

  @Override
  public void starting(Row row, Passes atMost) {
    out.printf(Locale.ROOT, "%s: %s; at most %s%n", row.name(), row.how(), cost(atMost));
    out.flush();
  }

  @Override
  public void preparing(String row, long done, long total) {
    show(row + ", making ready", total);
    progress.moveTo(done, "");
  }

  @Override
  public void attacking(Row row, int done, int total, int robust) {
    show(row.name(), total);
    progress.moveTo(done, String.format(Locale.ROOT, "%.1f %% stand", 100.0 * robust / done));
  }

  private void show(String task, long total) {
    if (!shown.equals(Optional.of(task))) {
      progress.close();
      progress = Progress.of(task, total);
      shown = Optional.of(task);
    }
  }

  @Override
  public void done(RowResult row) {
    close();
  }

  void print(ThreatReport report) {
    close();
    out.printf(LINE, "row", "attacker", "robust", "95 %", "queries", "forward passes", "seconds");
    for (RowResult row : report.rows()) {
      if (row.isRun()) {
        out.printf(
            LINE,
            row.name(),
            row.attacker().title(),
            percent(row.robust().value()),
            interval(row.robust()),
            String.format(Locale.ROOT, "%,d", row.queries()),
            String.format(Locale.ROOT, "%,d", row.passes().forward()),
            String.format(Locale.ROOT, "%.1f", row.seconds()));
      } else {
        out.printf(
            "%-16s %-10s not run: %s%n",
            row.name(), row.attacker().title(), row.absent().orElseThrow());
      }
    }
    headline("clean", report.clean(), "");
    headline("without the key", report.withoutKey(), minimum(report));
    if (report.isRun(Attacker.F)) {
      headline("with the key", report.withKey(), "");
    }
    if (!report.deterministic()) {
      out.println(
          "answers vary: each decision is that of the mean of 20 fresh answers; another run may differ");
    }
    out.flush();
  }

  private void headline(String what, Share share, String remark) {
    out.printf("%-27s %8s   %s%s%n", what, percent(share.value()), interval(share), remark);
  }

  private static String minimum(ThreatReport report) {
    String run =
        letters(
            List.of(Attacker.values()).stream()
                .filter(one -> !one.knowsKey() && report.isRun(one))
                .toList());
    String missing = letters(report.missing());
    return run.isEmpty()
        ? "   nobody without the key attacked"
        : "   the minimum per picture over "
            + run
            + (missing.isEmpty() ? "" : "; of " + missing + " no row was run: it may be lower");
  }

  private static String letters(List<Attacker> attackers) {
    return attackers.stream().map(Attacker::name).collect(Collectors.joining(", "));
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.2f %%", 100 * share);
  }

  private static String interval(Share share) {
    WilsonInterval interval = share.interval();
    return String.format(Locale.ROOT, "%.2f to %.2f", 100 * interval.low(), 100 * interval.high());
  }

  @Override
  public void close() {
    progress.close();
    progress = Progress.none();
    shown = Optional.empty();
  }
}
