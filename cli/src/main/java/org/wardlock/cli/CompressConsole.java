package org.wardlock.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.wardlock.attacks.AttackResult;
import org.wardlock.attacks.Passes;
import org.wardlock.attacks.Threat;
import org.wardlock.attacks.evaluation.AttackReport;
import org.wardlock.attacks.evaluation.PairedShares;
import org.wardlock.attacks.evaluation.PassTimes;
import org.wardlock.attacks.evaluation.RunListener;
import org.wardlock.attacks.evaluation.WilsonInterval;

/** Shows a person how an evaluation of compression goes, and what it came to. */
final class CompressConsole implements RunListener, AutoCloseable {
  private static final int NAME_WIDTH = 21;
  private static final int COLUMN_WIDTH = 10;
  private static final int INTERVAL_WIDTH = 16;

  private final PrintWriter out;
  private Optional<PassTimes> pace = Optional.empty();
  private String task = "";
  private Progress progress = Progress.none();

  CompressConsole(PrintWriter out) {
    this.out = out;
  }

  /** The next thing that takes its time. */
  void task(String name, int total) {
    progress.close();
    pace = Optional.empty();
    progress = Progress.of(name, total);
  }

  /** The next thing, whose cost is said before it starts. */
  void task(String name, int total, PassTimes times) {
    task(name, total);
    pace = Optional.of(times);
    task = name;
  }

  @Override
  public void starting(int pictures, int done, Passes atMost) {
    if (done < pictures && pace.isPresent()) {
      out.printf(
          Locale.ROOT,
          "%s: at most %,d forward and %,d backward passes, %s at the pace of a first look%n",
          task,
          atMost.forward(),
          atMost.backward(),
          AttackConsole.inWords(pace.get().of(atMost)));
      out.flush();
    }
  }

  void moveTo(int done) {
    progress.moveTo(done, "");
  }

  @Override
  public void batchDone(int done, int robust, AttackResult batch) {
    progress.moveTo(done, String.format(Locale.ROOT, "%.1f %% stand", 100.0 * robust / done));
  }

  /** What a defence came to, as soon as it is known. */
  void done(CompressRow row) {
    close();
    out.printf(
        Locale.ROOT,
        "%s: clean %.2f %%, adaptive %.2f %%%n",
        row.variant(),
        100 * row.clean().value(),
        100 * row.adaptive().robustAccuracy());
    out.flush();
  }

  /** What a defence was not measured for. */
  void absent(CompressVariant variant, String why) {
    close();
    out.println(variant + ": not run, " + why);
  }

  /**
   * The table at the end.
   *
   * @param threats of the attacks without the defence, by name
   */
  void print(List<CompressRow> rows, Map<String, Threat> threats, Threat threat) {
    close();
    if (rows.isEmpty()) {
      return;
    }
    out.println(heading(rows.getFirst()));
    rows.forEach(row -> out.println(line(row)));
    out.printf(
        Locale.ROOT,
        "clean accuracy of %d pictures; of N: the same of the N pictures that the attacks after it"
            + " changed; ADAPTIVE of %d; intervals: %s%n",
        rows.getFirst().clean().total(),
        rows.getFirst().adaptive().images(),
        WilsonInterval.NAME);
    var within = new ArrayList<String>();
    threats.forEach((name, one) -> within.add(name + " " + one));
    out.println("made without the defence: " + String.join(", ", within));
    out.println(
        "ADAPTIVE: made through the defence, "
            + threat
            + ", whose roundings pass gradients, and FGSM and PGD as above; the worst of all");
    out.println("clean accuracy beside none, picture by picture; " + PairedShares.NAME);
    for (CompressRow row : rows) {
      if (row.variant() != CompressVariant.NONE) {
        out.println(difference(row));
      }
    }
    for (CompressRow row : rows) {
      if (!row.bytes().isEmpty()) {
        out.printf("%s: bytes a picture, of those attacked: %s%n", row.variant(), bytes(row));
      }
    }
    out.flush();
  }

  private static String difference(CompressRow row) {
    PairedShares against = row.against();
    return String.format(
        Locale.ROOT,
        "%s: %+.2f points (%.2f to %.2f), %d lost, %d gained",
        row.variant(),
        100 * against.difference(),
        100 * against.interval().low(),
        100 * against.interval().high(),
        against.first(),
        against.second());
  }

  private static String bytes(CompressRow row) {
    return row.bytes().stream()
        .map(each -> String.format(Locale.ROOT, "%.1f", each))
        .collect(Collectors.joining(", "));
  }

  /** Attacks that changed the same pictures stand side by side, after how these fare unchanged. */
  private static String heading(CompressRow row) {
    var heading = new StringBuilder(pad("variant", NAME_WIDTH));
    heading.append(pad("clean", COLUMN_WIDTH)).append(pad("95 %", INTERVAL_WIDTH));
    int before = 0;
    for (Map.Entry<String, AttackReport> attack : row.attacks().entrySet()) {
      int images = attack.getValue().images();
      if (images != before) {
        heading.append(pad("of " + images, COLUMN_WIDTH));
      }
      before = images;
      heading.append(pad(attack.getKey(), COLUMN_WIDTH));
    }
    return heading.append(pad("ADAPTIVE", COLUMN_WIDTH)).append("95 %").toString();
  }

  private static String line(CompressRow row) {
    var line = new StringBuilder(pad(row.variant().toString(), NAME_WIDTH));
    line.append(pad(percent(row.clean().value()), COLUMN_WIDTH));
    line.append(pad(interval(row.clean().interval()), INTERVAL_WIDTH));
    int before = 0;
    for (AttackReport report : row.attacks().values()) {
      if (report.images() != before) {
        line.append(pad(percent(report.cleanAccuracy()), COLUMN_WIDTH));
      }
      before = report.images();
      line.append(pad(percent(report.robustAccuracy()), COLUMN_WIDTH));
    }
    AttackReport adaptive = row.adaptive();
    line.append(pad(percent(adaptive.robustAccuracy()), COLUMN_WIDTH));
    line.append(interval(adaptive.interval(adaptive.robustAccuracy())));
    return line.toString();
  }

  private static String pad(String text, int width) {
    return text + " ".repeat(Math.max(1, width - text.length()));
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.2f %%", 100 * share);
  }

  private static String interval(WilsonInterval interval) {
    return String.format(Locale.ROOT, "%.2f to %.2f", 100 * interval.low(), 100 * interval.high());
  }

  @Override
  public void close() {
    progress.close();
    progress = Progress.none();
  }
}
