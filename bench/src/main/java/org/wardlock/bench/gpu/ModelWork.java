package org.wardlock.bench.gpu;

import java.util.List;
import java.util.stream.IntStream;
import org.wardlock.nn.Mode;
import org.wardlock.nn.Pass;
import org.wardlock.nn.Precision;
import org.wardlock.nn.TrainableParameters;
import org.wardlock.nn.model.Architecture;
import org.wardlock.nn.model.Network;
import org.wardlock.nn.train.CrossEntropyLoss;
import org.wardlock.nn.train.Optimizer;
import org.wardlock.nn.train.OptimizerSettings;
import org.wardlock.tensor.Backends;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.NoGrad;
import org.wardlock.tensor.RepeatedStep;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;
import org.wardlock.tensor.spi.Distribution;

/** A network with random weights, and random pictures that lie on the device already. */
final class ModelWork implements AutoCloseable {
  private static final float EPSILON = 8 / 255f;
  private static final float STEP_SIZE = 2 / 255f;
  private static final double LEARNING_RATE = 1e-4;
  private static final double WEIGHT_DECAY = 0.05;

  /** What is measured. */
  enum Kind {
    /** Logits, in evaluation. */
    FORWARD,
    /** Loss, gradients of all weights, AdamW. */
    TRAIN,
    /** A step of PGD in L-infinity: the gradient towards the pictures, its sign, projection. */
    PGD
  }

  private final Scope scope = Scope.open("model work");
  private final Device device;
  private final Network network;
  private final Precision precision;
  private final Tensor images;
  private final Tensor targets;
  private final RepeatedStep step;
  private Runnable prepare = () -> {};
  private Runnable release = () -> {};

  /** What goes into the next step. */
  private Tensor input;

  /** A number that the last step computed. */
  private Tensor last;

  ModelWork(Architecture architecture, Device device, Precision precision, int batch, Kind kind) {
    this.device = device;
    this.precision = precision;
    int size = architecture.imageSize();
    Tensor stream = Tensor.ofLongs(device, Shape.of(1), 0);
    images =
        Tensor.random(Distribution.UNIFORM, 0, 0, stream, batch * 3 * size * size)
            .reshape(batch, 3, size, size);
    int classes = architecture.classes();
    int[] labels = IntStream.range(0, batch).map(i -> i % classes).toArray();
    targets = Tensor.ofInts(device, Shape.of(batch), labels).oneHot(classes, 1, 0);
    network = Network.initial(architecture, device, 0);
    input = images.copy().unscoped();
    last = Tensor.scalar(device, 0).unscoped();
    step =
        new RepeatedStep(
            kind.name(),
            switch (kind) {
              case FORWARD -> this::forward;
              case TRAIN -> training();
              case PGD -> attack();
            });
  }

  private List<Tensor> forward(List<Tensor> inputs) {
    try (NoGrad _ = NoGrad.enter()) {
      Tensor logits = network.logits(inputs.getFirst(), new Pass(Mode.EVALUATION, precision));
      return List.of(images, logits.slice(0, 0, 1).slice(1, 0, 1));
    }
  }

  private RepeatedStep.Body training() {
    var parameters = TrainableParameters.of(device, network.parameters(), _ -> true);
    parameters.keepRounded(precision);
    Optimizer optimizer = OptimizerSettings.Adam.decoupled(WEIGHT_DECAY).create(parameters);
    var loss = new CrossEntropyLoss(0);
    long[] number = {0};
    prepare = () -> optimizer.prepare(++number[0], LEARNING_RATE);
    release =
        () -> {
          optimizer.release();
          parameters.release();
        };
    return inputs -> {
      Tensor logits = network.logits(inputs.getFirst(), new Pass(Mode.TRAINING, precision));
      Tensor mean = loss.mean(logits, targets);
      mean.backward();
      optimizer.apply();
      parameters.changed();
      return List.of(images, mean);
    };
  }

  private RepeatedStep.Body attack() {
    Tensor low = images.add(-EPSILON).clamp(0, 1);
    Tensor high = images.add(EPSILON).clamp(0, 1);
    return inputs -> {
      Tensor x = inputs.getFirst().requiresGrad();
      Tensor logits = network.logits(x, new Pass(Mode.EVALUATION, precision));
      Tensor gradient = logits.crossEntropy(targets).sum().backward().of(x);
      try (NoGrad _ = NoGrad.enter()) {
        Tensor next =
            inputs.getFirst().add(gradient.sign().multiply(STEP_SIZE)).maximum(low).minimum(high);
        return List.of(next, next.slice(0, 0, 1).slice(1, 0, 1).slice(2, 0, 1).slice(3, 0, 1));
      }
    };
  }

  /** Pictures a second. */
  double imagesPerSecond(double seconds) {
    return images.shape().extent(0) / Stopwatch.time(this::run, this::await, seconds);
  }

  private void run() {
    try (Scope _ = Scope.open("step")) {
      prepare.run();
      List<Tensor> results = step.run(input);
      input.release();
      last.release();
      input = results.get(0).unscoped();
      last = results.get(1).unscoped();
    }
  }

  private void await() {
    last.toFloats();
  }

  /** In one line, why steps were not repeated by the device; empty if they were. */
  String refusal() {
    return step.refusal().orElse("");
  }

  @Override
  public void close() {
    step.close();
    input.release();
    last.release();
    release.run();
    network.release();
    scope.close();
    Backends.trim(device);
  }
}
