package org.wardlock.cli;

import java.util.List;
import java.util.Optional;
import org.wardlock.nn.Pass;
import org.wardlock.nn.TrainableParameters;
import org.wardlock.nn.model.Architecture;
import org.wardlock.nn.model.ImageClassifier;
import org.wardlock.nn.model.Network;
import org.wardlock.nn.train.CrossEntropyLoss;
import org.wardlock.nn.train.Optimizer;
import org.wardlock.nn.train.OptimizerSettings;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.NoGrad;
import org.wardlock.tensor.RepeatedStep;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;
import org.wardlock.tensor.spi.Distribution;

/** A model with random weights and pictures, and what is to be measured of it, step by step. */
public final class ModelStep implements Runnable, AutoCloseable {
  private static final float LEARNING_RATE = 1e-4f;

  private final Scope scope = Scope.open("model step");
  private final Network network;
  private final Runnable step;
  private Optional<RepeatedStep> repeated = Optional.empty();

  ModelStep(Architecture architecture, Device device, int batch, BenchMode mode, long seed) {
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
    network = Network.initial(architecture, device, seed);
    step = step(mode, images, targets);
  }

  /**
   * A step on the CPU, from words alone: whoever compares two builds loads each by a class loader
   * of its own, and shares no type of ours with them.
   *
   * @param model as {@code wardlock bench} names it
   * @param mode forward, train or input-gradient
   */
  public static ModelStep onCpu(String model, String mode) {
    BenchCommand.Subject subject = BenchCommand.parse(model);
    return new ModelStep(
        subject.architecture(), Device.CPU, subject.batch(), BenchMode.parse(mode), 0);
  }

  @Override
  public void run() {
    try (Scope _ = Scope.open("step")) {
      step.run();
    }
  }

  @Override
  public void close() {
    repeated.ifPresent(RepeatedStep::close);
    network.release();
    scope.close();
  }

  private Runnable step(BenchMode mode, Tensor images, Tensor targets) {
    return switch (mode) {
      case FORWARD -> {
        ImageClassifier classifier = ImageClassifier.copyOf(network);
        RepeatedStep forward =
            repeated(
                inputs -> {
                  try (NoGrad _ = NoGrad.enter()) {
                    return List.of(classifier.logits(inputs.getFirst()));
                  }
                });
        yield () -> forward.run(images).getFirst().toFloats();
      }
      case INPUT_GRADIENT -> {
        ImageClassifier classifier = ImageClassifier.copyOf(network);
        RepeatedStep gradient =
            repeated(
                inputs -> {
                  Tensor pixels = inputs.getFirst().requiresGrad();
                  Tensor loss = classifier.logits(pixels).crossEntropy(targets).sum();
                  Tensor found = loss.backward().of(pixels);
                  return List.of(found.slice(0, 0, 1).slice(1, 0, 1).slice(2, 0, 1).slice(3, 0, 1));
                });
        yield () -> gradient.run(images).getFirst().item();
      }
      case TRAIN -> training(images, targets);
    };
  }

  private Runnable training(Tensor images, Tensor targets) {
    TrainableParameters parameters =
        TrainableParameters.of(network.device(), network.parameters(), _ -> true);
    Optimizer optimizer = OptimizerSettings.Adam.decoupled(0.05).create(parameters);
    CrossEntropyLoss loss = new CrossEntropyLoss(0);
    long[] steps = {0};
    RepeatedStep training =
        repeated(
            inputs -> {
              Tensor mean = loss.mean(network.logits(inputs.getFirst(), Pass.TRAINING), targets);
              mean.backward();
              optimizer.apply();
              return List.of(mean);
            });
    return () -> {
      optimizer.prepare(++steps[0], LEARNING_RATE);
      training.run(images).getFirst().item();
    };
  }

  private RepeatedStep repeated(RepeatedStep.Body body) {
    repeated = Optional.of(new RepeatedStep("model step", body));
    return repeated.get();
  }
}
