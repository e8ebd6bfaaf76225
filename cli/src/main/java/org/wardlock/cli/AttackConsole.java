package org.wardlock.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.wardlock.attacks.AttackResult;
import org.wardlock.attacks.Passes;
import org.wardlock.attacks.diagnosis.Flag;
import org.wardlock.attacks.evaluation.AttackReport;
import org.wardlock.attacks.evaluation.PassTimes;
import org.wardlock.attacks.evaluation.RunListener;
import org.wardlock.attacks.evaluation.WilsonInterval;

/** Shows a person how an attack goes: its cost before it starts, a bar, a table at the end. */
final class AttackConsole implements RunListener, AutoCloseable {
  private final PrintWriter out;
  private final PassTimes times;
  private Progress progress = Progress.none();

  /**
   * @param times what a pass takes, as measured
   */
  AttackConsole(PrintWriter out, PassTimes times) {
    this.out = out;
    this.times = times;
  }

  @Override
  public void starting(int pictures, int done, Passes atMost) {
    String resumed = done > 0 ? ", " + done + " of them done before" : "";
    if (done < pictures) {
      announce(out, pictures + " pictures" + resumed, atMost, times);
    } else {
      out.printf(Locale.ROOT, "%d pictures, all of them done before%n", pictures);
    }
    progress = Progress.resumed("attack", pictures, done);
  }

  /** What something will cost, before it starts. */
  static void announce(PrintWriter out, String what, Passes atMost, PassTimes times) {
    out.printf(
        Locale.ROOT,
        "%s; at most %,d forward and %,d backward passes, %s at the pace of a first look%n",
        what,
        atMost.forward(),
        atMost.backward(),
        inWords(times.of(atMost)));
    out.flush();
  }

  /** Such as {@code 40 s}, {@code 12 min} or {@code 5 h 10 min}: as exact as an estimate is. */
  static String inWords(Duration time) {
    if (time.toSeconds() < 100) {
      return Math.max(1, time.toSeconds()) + " s";
    }
    long minutes = Math.round(time.toSeconds() / 60.0);
    return minutes < 100 ? minutes + " min" : minutes / 60 + " h " + minutes % 60 + " min";
  }

  @Override
  public void batchDone(int done, int robust, AttackResult batch) {
    progress.moveTo(done, String.format(Locale.ROOT, "%.1f %% stand", 100.0 * robust / done));
  }

  void print(AttackReport report, List<Flag> flags) {
    progress.close();
    print(out, report, flags);
  }

  /** The table at the end. */
  static void print(PrintWriter out, AttackReport report, List<Flag> flags) {
    out.printf(Locale.ROOT, "%-10s %s%n", "clean", percent(report.cleanAccuracy(), report));
    for (AttackReport.Line line : report.attacks()) {
      out.printf(
          Locale.ROOT,
          "%-10s %6.2f %%   after %.1f s, %,d forward, %,d backward%n",
          line.name(),
          100 * line.robustAfter(),
          line.seconds(),
          line.forward(),
          line.backward());
    }
    out.printf(
        Locale.ROOT,
        "%-10s %s; largest change %.6g%n",
        "robust",
        percent(report.robustAccuracy(), report),
        report.maxNorm());
    out.printf(
        Locale.ROOT,
        "%-10s at most %s, where changed pictures must be 8-bit%n",
        "at 8 bit",
        percent(report.robustAccuracyAt8Bit(), report));
    out.printf(
        Locale.ROOT,
        "%-10s %s: of %d pictures, each as the worst attack left it%n",
        "intervals",
        WilsonInterval.NAME,
        report.images());
    flags.forEach(flag -> out.printf(Locale.ROOT, "flag       %s%n", flag));
  }

  private static String percent(double share, AttackReport report) {
    WilsonInterval interval = report.interval(share);
    return String.format(
        Locale.ROOT,
        "%6.2f %%   %.2f to %.2f %%",
        100 * share,
        100 * interval.low(),
        100 * interval.high());
  }

  @Override
  public void close() {
    progress.close();
  }
}
