package org.wardlock.nn.train;

import java.util.List;
import java.util.function.UnaryOperator;
import org.wardlock.data.Batch;
import org.wardlock.nn.Mode;
import org.wardlock.nn.Pass;
import org.wardlock.nn.Pixels;
import org.wardlock.nn.TrainableParameters;
import org.wardlock.nn.model.Network;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.RepeatedStep;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/**
 * One step of training: pictures up, loss, gradients, new weights. Reads nothing back. All but the
 * pictures, the labels and the learning rate is the same in each step, so a device that can repeat
 * work repeats it, for batches of the usual size.
 */
final class TrainingStep implements AutoCloseable {
  private final Network network;
  private final TrainableParameters parameters;
  private final TrainingOptions options;
  private final CrossEntropyLoss loss;
  private final Optimizer optimizer;
  private final RunningSums sums;
  private final UnaryOperator<Tensor> transform;
  private final Pass pass;
  private final int usualSize;
  private final RepeatedStep repeated = new RepeatedStep("training step", this::compute);

  /**
   * A step of a run.
   *
   * @param sums where batches are counted
   */
  TrainingStep(
      TrainingSetup setup, TrainableParameters parameters, Optimizer optimizer, RunningSums sums) {
    this.network = setup.network();
    this.parameters = parameters;
    this.optimizer = optimizer;
    this.sums = sums;
    this.options = setup.options();
    this.transform = setup.transform();
    this.loss = new CrossEntropyLoss(options.labelSmoothing());
    this.pass = new Pass(Mode.TRAINING, options.precision());
    this.usualSize = setup.training().batchSize();
  }

  /**
   * Makes a step.
   *
   * @param number of the step, from 1
   */
  void run(Batch batch, long number, double learningRate) {
    Device device = network.device();
    try (Scope _ = Scope.open("training step")) {
      optimizer.prepare(number, learningRate);
      Tensor pixels = Pixels.bytes(device, batch);
      Tensor labels = Tensor.ofInts(device, Shape.of(batch.size()), batch.labels());
      Tensor targets = loss.targets(labels, network.architecture().classes());
      if (batch.size() == usualSize) {
        repeated.run(pixels, labels, targets);
      } else {
        compute(List.of(pixels, labels, targets));
      }
    }
  }

  private List<Tensor> compute(List<Tensor> inputs) {
    Tensor images = transform.apply(Pixels.inUnitRange(inputs.get(0)));
    Tensor labels = inputs.get(1);
    Tensor targets = inputs.get(2);
    Tensor logits = network.logits(images, pass);
    Tensor mean = loss.mean(logits, targets);
    sums.add(mean, logits, labels);
    mean.backward();
    options.clipping().ifPresent(clipping -> clipping.apply(parameters.gradients()));
    optimizer.apply();
    parameters.changed();
    return List.of();
  }

  /** Gives memory back that only further steps need; they may follow nevertheless. */
  void rest() {
    repeated.forget();
  }

  @Override
  public void close() {
    repeated.close();
  }
}
