package org.wardlock.cli;

import java.time.Duration;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** A progress bar on stderr where a person is watching; nothing where stderr goes to a file. */
final class Progress implements AutoCloseable {
  private static final int REDRAW_MILLIS = 200;

  private final ProgressBar bar;

  private Progress(ProgressBar bar) {
    this.bar = bar;
  }

  static Progress of(String task, long total) {
    return resumed(task, total, 0);
  }

  /**
   * Of a task of which a part was done before: the time that is left follows from what is done from
   * now on.
   */
  static Progress resumed(String task, long total, long done) {
    return Terminal.isStderrWatched() ? new Progress(bar(task, total, done)) : new Progress(null);
  }

  static Progress none() {
    return new Progress(null);
  }

  private static ProgressBar bar(String task, long total, long done) {
    return new ProgressBarBuilder()
        .setTaskName(task)
        .setInitialMax(total)
        .setStyle(ProgressBarStyle.ASCII)
        .setUpdateIntervalMillis(REDRAW_MILLIS)
        .startsFrom(done, Duration.ZERO)
        .build();
  }

  void step() {
    if (bar != null) {
      bar.step();
    }
  }

  void moveTo(long done, String message) {
    if (bar != null) {
      bar.stepTo(done);
      bar.setExtraMessage(message);
    }
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
