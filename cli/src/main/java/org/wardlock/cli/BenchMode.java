package org.wardlock.cli;

import java.util.Locale;
import org.wardlock.nn.Pass;
import org.wardlock.nn.TrainableParameters;
import org.wardlock.nn.model.Architecture;
import org.wardlock.nn.model.FlopCount;
import org.wardlock.nn.model.ImageClassifier;
import org.wardlock.nn.model.Network;
import org.wardlock.nn.train.CrossEntropyLoss;
import org.wardlock.nn.train.Optimizer;
import org.wardlock.nn.train.OptimizerSettings;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.NoGrad;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;
import org.wardlock.tensor.spi.Distribution;

/** What a row of the bench measures. */
enum BenchMode {
  FORWARD,
  TRAIN,
  INPUT_GRADIENT;

  private static final double WARM_UP_SHARE = 0.5;
  private static final float LEARNING_RATE = 1e-4f;

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
    try (Scope _ = Scope.open("bench")) {
      int size = architecture.imageSize();
      Tensor stream = Tensor.ofLongs(device, Shape.of(1), 0);
      Tensor images =
          Tensor.random(Distribution.UNIFORM, seed, 0, stream, batch * 3 * size * size)
              .reshape(batch, 3, size, size);
      int[] labels = new int[batch];
      for (int i = 0; i < batch; i++) {
        labels[i] = i % architecture.classes();
      }
      Tensor targets =
          Tensor.ofInts(device, Shape.of(batch), labels).oneHot(architecture.classes(), 1, 0);
      Network network = Network.initial(architecture, device, seed);
      try {
        return batch * stepsPerSecond(step(network, images, targets), seconds);
      } finally {
        network.release();
      }
    }
  }

  private Runnable step(Network network, Tensor images, Tensor targets) {
    return switch (this) {
      case FORWARD -> {
        ImageClassifier classifier = ImageClassifier.copyOf(network);
        yield () -> {
          try (NoGrad _ = NoGrad.enter()) {
            classifier.logits(images).toFloats();
          }
        };
      }
      case INPUT_GRADIENT -> {
        ImageClassifier classifier = ImageClassifier.copyOf(network);
        yield () -> {
          Tensor pixels = images.requiresGrad();
          Tensor loss = classifier.logits(pixels).crossEntropy(targets).sum();
          loss.backward()
              .of(pixels)
              .slice(0, 0, 1)
              .slice(1, 0, 1)
              .slice(2, 0, 1)
              .slice(3, 0, 1)
              .item();
        };
      }
      case TRAIN -> {
        TrainableParameters parameters =
            TrainableParameters.of(network.device(), network.parameters(), _ -> true);
        Optimizer optimizer = OptimizerSettings.Adam.decoupled(0.05).create(parameters);
        CrossEntropyLoss loss = new CrossEntropyLoss(0);
        long[] steps = {0};
        yield () -> {
          Tensor mean = loss.mean(network.logits(images, Pass.TRAINING), targets);
          mean.backward();
          optimizer.step(++steps[0], LEARNING_RATE);
          mean.item();
        };
      }
    };
  }

  private static double stepsPerSecond(Runnable step, double seconds) {
    long warm = System.nanoTime() + (long) (seconds * WARM_UP_SHARE * 1e9);
    do {
      scoped(step);
    } while (System.nanoTime() < warm);
    long start = System.nanoTime();
    long end = start + (long) (seconds * 1e9);
    int steps = 0;
    long now;
    do {
      scoped(step);
      steps++;
      now = System.nanoTime();
    } while (now < end);
    return steps / ((now - start) / 1e9);
  }

  private static void scoped(Runnable step) {
    try (Scope _ = Scope.open("step")) {
      step.run();
    }
  }
}
