package org.wardlock.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import org.wardlock.attacks.AttackResult;
import org.wardlock.attacks.Passes;
import org.wardlock.attacks.diagnosis.Flag;
import org.wardlock.attacks.evaluation.AttackReport;
import org.wardlock.attacks.evaluation.RunListener;

/** Shows a person how an attack goes: its cost before it starts, a bar, a table at the end. */
final class AttackConsole implements RunListener, AutoCloseable {
  private final PrintWriter out;
  private Progress progress = Progress.none();

  AttackConsole(PrintWriter out) {
    this.out = out;
  }

  @Override
  public void starting(int pictures, int done, Passes atMost) {
    String resumed = done > 0 ? ", " + done + " of them done before" : "";
    out.printf(
        Locale.ROOT,
        "%d pictures%s; at most %,d forward and %,d backward passes%n",
        pictures,
        resumed,
        atMost.forward(),
        atMost.backward());
    progress = Progress.of("attack", pictures);
  }

  @Override
  public void batchDone(int done, int robust, AttackResult batch) {
    progress.moveTo(done, String.format(Locale.ROOT, "%.1f %% stand", 100.0 * robust / done));
  }

  void print(AttackReport report, List<Flag> flags) {
    progress.close();
    out.printf(Locale.ROOT, "clean      %6.2f %%%n", 100 * report.cleanAccuracy());
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
        "robust     %6.2f %%   (%.2f %% where pictures must be 8-bit); largest change %.6g%n",
        100 * report.robustAccuracy(),
        100 * report.robustAccuracyAt8Bit(),
        report.maxNorm());
    flags.forEach(flag -> out.printf(Locale.ROOT, "flag       %s%n", flag));
  }

  @Override
  public void close() {
    progress.close();
  }
}
