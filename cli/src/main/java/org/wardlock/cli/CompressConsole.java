package org.wardlock.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.wardlock.attacks.AttackResult;
import org.wardlock.attacks.Passes;
import org.wardlock.attacks.Threat;
import org.wardlock.attacks.evaluation.AttackReport;
import org.wardlock.attacks.evaluation.PassTimes;
import org.wardlock.attacks.evaluation.RunListener;
import org.wardlock.attacks.evaluation.WilsonInterval;
import org.wardlock.defense.compress.FittedTables;

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
  void print(
      List<CompressRow> rows, FittedTables tables, Map<String, Threat> threats, Threat threat) {
    close();
    var heading = new StringBuilder(pad("variant", NAME_WIDTH));
    heading.append(pad("clean", COLUMN_WIDTH)).append(pad("95 %", INTERVAL_WIDTH));
    threats.keySet().forEach(name -> heading.append(pad(name, COLUMN_WIDTH)));
    heading.append(pad("ADAPTIVE", COLUMN_WIDTH)).append("95 %");
    out.println(heading.toString().stripTrailing());
    rows.forEach(row -> out.println(line(row, threats.keySet())));
    if (!rows.isEmpty()) {
      int images = rows.getFirst().adaptive().images();
      out.printf(
          Locale.ROOT,
          "clean accuracy of %d pictures, accuracy under attack of %d; intervals: %s%n",
          rows.getFirst().clean().total(),
          images,
          WilsonInterval.NAME);
    }
    var within = new ArrayList<String>();
    threats.forEach((name, one) -> within.add(name + " " + one));
    out.println("made without the defence: " + String.join(", ", within));
    out.println(
        "ADAPTIVE: made through the defence, "
            + threat
            + ", whose roundings pass gradients; the worst of all its attacks");
    out.printf(
        Locale.ROOT,
        "%.1f bytes a picture with the table, %.1f with plain JPEG%n",
        tables.favoured().bytes(),
        tables.plain().bytes());
    out.flush();
  }

  private static String line(CompressRow row, Iterable<String> names) {
    var line = new StringBuilder(pad(row.variant().toString(), NAME_WIDTH));
    line.append(pad(percent(row.clean().value()), COLUMN_WIDTH));
    line.append(pad(interval(row.clean().interval()), INTERVAL_WIDTH));
    for (String name : names) {
      line.append(pad(percent(row.attacks().get(name).robustAccuracy()), COLUMN_WIDTH));
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
