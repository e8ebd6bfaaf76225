package org.wardlock.bench.peers;

import java.util.function.Supplier;
import org.wardlock.nn.Pass;
import org.wardlock.nn.TrainableParameters;
import org.wardlock.nn.model.Architecture;
import org.wardlock.nn.model.ImageClassifier;
import org.wardlock.nn.model.Network;
import org.wardlock.nn.train.CrossEntropyLoss;
import org.wardlock.nn.train.Optimizer;
import org.wardlock.nn.train.OptimizerSettings;
import org.wardlock.nn.weights.Weights;
import org.wardlock.nn.weights.WeightsException;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.NoGrad;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/** A model by Wardlock. */
final class WardlockModel implements Engine.Subject {
  private static final int MOMENTS = 2;

  private final ModelRow row;
  private final Scope scope = Scope.open("model");
  private final Supplier<Tensor> step;
  private final Runnable release;
  private long stateNumbers;

  /**
   * Loads the model.
   *
   * @param moved whether pixels are moved by what rounding may move them
   */
  WardlockModel(ModelRow row, boolean moved) throws WeightsException {
    this.row = row;
    Architecture architecture = row.architecture();
    int size = architecture.imageSize();
    float[] pixels = moved ? Values.moved(row.images()) : row.images();
    Tensor images = Tensor.of(Device.CPU, Shape.of(row.batch(), 3, size, size), pixels);
    Tensor targets =
        Tensor.ofInts(Device.CPU, Shape.of(row.batch()), row.labels())
            .oneHot(architecture.classes(), 1, 0);
    stateNumbers = images.shape().count() + targets.shape().count();
    Weights weights = SharedModel.weights(architecture);
    for (String name : weights.names()) {
      stateNumbers += weights.shape(name).count();
    }
    if (row.mode() == ModelRow.Mode.TRAIN) {
      Network network = Network.load(architecture, Device.CPU, weights);
      stateNumbers += MOMENTS * network.parameters().learntCount();
      step = training(network, images, targets);
      release = network::release;
    } else {
      ImageClassifier classifier = ImageClassifier.load(architecture, Device.CPU, weights);
      step =
          row.mode() == ModelRow.Mode.FORWARD
              ? forward(classifier, images)
              : inputGradient(classifier, images, targets);
      release = classifier::close;
    }
  }

  private static Supplier<Tensor> forward(ImageClassifier classifier, Tensor images) {
    return () -> {
      try (NoGrad _ = NoGrad.enter()) {
        return classifier.logits(images);
      }
    };
  }

  private static Supplier<Tensor> inputGradient(
      ImageClassifier classifier, Tensor images, Tensor targets) {
    CrossEntropyLoss loss = new CrossEntropyLoss(0);
    return () -> {
      Tensor pixels = images.requiresGrad();
      return loss.mean(classifier.logits(pixels), targets).backward().of(pixels);
    };
  }

  private static Supplier<Tensor> training(Network network, Tensor images, Tensor targets) {
    TrainableParameters parameters =
        TrainableParameters.of(network.device(), network.parameters(), _ -> true);
    Optimizer optimizer = OptimizerSettings.Adam.decoupled(AdamW.WEIGHT_DECAY).create(parameters);
    CrossEntropyLoss loss = new CrossEntropyLoss(0);
    long[] steps = {0};
    return () -> {
      Tensor mean = loss.mean(network.logits(images, Pass.TRAINING), targets);
      mean.backward();
      optimizer.step(++steps[0], AdamW.LEARNING_RATE);
      return mean;
    };
  }

  /** Parameters, running statistics, moments of the optimiser, pictures and targets. */
  long stateBytes() {
    return stateNumbers * Float.BYTES;
  }

  @Override
  public void run() {
    try (Scope _ = Scope.open("step")) {
      step.get().toFloats();
    }
  }

  @Override
  public float[] outcome() {
    int steps = row.mode() == ModelRow.Mode.TRAIN ? AdamW.STEPS_COMPARED : 1;
    float[] values = {};
    for (int i = 0; i < steps; i++) {
      try (Scope _ = Scope.open("step")) {
        values = AdamW.append(values, step.get().toFloats());
      }
    }
    return values;
  }

  @Override
  public void close() {
    scope.close();
    release.run();
  }
}
