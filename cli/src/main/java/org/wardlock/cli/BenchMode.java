package org.wardlock.cli;

import java.util.Locale;
import org.wardlock.nn.model.Architecture;
import org.wardlock.nn.model.FlopCount;
import org.wardlock.tensor.Device;

/** What a row of the bench measures. */
enum BenchMode {
  FORWARD,
  TRAIN,
  INPUT_GRADIENT;

  private static final double WARM_UP_SHARE = 0.5;

  static BenchMode parse(String text) {
    for (BenchMode mode : values()) {
      if (mode.text().equals(text.strip())) {
        return mode;
      }
    }
    throw new InputException("--modes " + text + ": expected forward, train or input-gradient");
  }

  String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  double flops(Architecture architecture) {
    return switch (this) {
      case FORWARD -> FlopCount.forward(architecture);
      case TRAIN -> FlopCount.training(architecture);
      case INPUT_GRADIENT -> FlopCount.inputGradient(architecture);
    };
  }

  /** Pictures a second, after warming up. */
  double measure(Architecture architecture, Device device, int batch, double seconds, long seed) {
    try (var step = new ModelStep(architecture, device, batch, this, seed)) {
      return batch * stepsPerSecond(step, seconds);
    }
  }

  private static double stepsPerSecond(Runnable step, double seconds) {
    long warm = System.nanoTime() + (long) (seconds * WARM_UP_SHARE * 1e9);
    do {
      step.run();
    } while (System.nanoTime() < warm);
    long start = System.nanoTime();
    long end = start + (long) (seconds * 1e9);
    int steps = 0;
    long now;
    do {
      step.run();
      steps++;
      now = System.nanoTime();
    } while (now < end);
    return steps / ((now - start) / 1e9);
  }
}
