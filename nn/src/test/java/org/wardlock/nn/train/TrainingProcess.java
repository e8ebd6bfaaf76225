package org.wardlock.nn.train;

import java.io.IOException;
import java.nio.file.Path;

/** A program that trains: for tests that kill it. */
public final class TrainingProcess {
  private TrainingProcess() {}

  /** Trains or goes on in the folder given, and says so when it is done. */
  public static void main(String[] arguments) {
    var trainer =
        TinyRun.trainer(Path.of(arguments[0]), new CheckpointInterval.Steps(2))
            .listener(
                new TrainingListener() {
                  @Override
                  public void stepped(long step, long steps, double loss) {
                    System.out.println("step " + step);
                  }
                })
            .build();
    try {
      trainer.resume();
    } catch (IOException e) {
      System.out.println(e.getMessage());
      System.exit(1);
    }
    System.out.println("done");
  }
}
