package org.wardlock.cli;

import java.io.PrintWriter;
import java.util.Locale;
import org.wardlock.nn.train.TrainingListener;
import picocli.CommandLine;

/** Shows a person how an extraction goes: a line a copy, bars for what takes long. */
final class ExtractConsole implements TrainingListener, AutoCloseable {
  private final PrintWriter out;
  private final PrintWriter err;
  private Progress progress = Progress.none();

  ExtractConsole(CommandLine command) {
    out = command.getOut();
    err = command.getErr();
  }

  void copying(int budget, int answers, int queries) {
    out.printf(Locale.ROOT, "budget %d: %d answers%n", budget, answers);
    if (queries > answers) {
      out.printf(
          Locale.ROOT,
          "%d more were given and lost when a process was killed%n",
          queries - answers);
    }
    if (budget > queries) {
      out.printf(Locale.ROOT, "the service refused %d more%n", budget - queries);
    }
    out.flush();
  }

  /** A bar for another task. */
  void begin(String task, long total) {
    progress.close();
    progress = Progress.of(task, total);
  }

  void moveTo(long done) {
    progress.moveTo(done, "");
  }

  @Override
  public void started(long step, long steps) {
    if (step > 0) {
      out.println("goes on after step " + step + " of " + steps);
    }
    begin("train", steps);
  }

  @Override
  public void stepped(long step, long steps, double loss) {
    progress.moveTo(step, String.format(Locale.ROOT, "loss %.4f", loss));
  }

  @Override
  public void warned(String message) {
    err.println("warning: " + message);
  }

  @Override
  public void close() {
    progress.close();
  }
}
