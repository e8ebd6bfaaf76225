package org.wardlock.cli;

import java.io.PrintWriter;
import java.util.Locale;
import org.wardlock.nn.train.EpochMetrics;
import org.wardlock.nn.train.TrainingListener;
import picocli.CommandLine;

/** Shows a person how a run goes: a bar while it goes, a line after each epoch, warnings apart. */
final class TrainingConsole implements TrainingListener, AutoCloseable {
  private final PrintWriter out;
  private final PrintWriter err;
  private Progress progress = Progress.none();

  TrainingConsole(CommandLine command) {
    out = command.getOut();
    err = command.getErr();
  }

  @Override
  public void started(long step, long steps) {
    if (step > 0) {
      out.println("goes on after step " + step + " of " + steps);
    }
    progress = Progress.of("train", steps);
  }

  @Override
  public void stepped(long step, long steps, double loss) {
    progress.moveTo(step, String.format(Locale.ROOT, "loss %.4f", loss));
  }

  @Override
  public void epochEnded(EpochMetrics metrics) {
    String validation =
        metrics.valTop1().isPresent()
            ? String.format(
                Locale.ROOT, ", validation %.2f %%", 100 * metrics.valTop1().getAsDouble())
            : "";
    out.printf(
        Locale.ROOT,
        "epoch %d: loss %.4f, training %.2f %%%s, %.1f pictures a second%n",
        metrics.epoch(),
        metrics.loss(),
        100 * metrics.trainTop1(),
        validation,
        metrics.imagesPerSecond());
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
