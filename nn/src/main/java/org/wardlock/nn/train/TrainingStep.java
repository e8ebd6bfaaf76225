package org.wardlock.nn.train;

import java.util.function.UnaryOperator;
import org.wardlock.data.Batch;
import org.wardlock.nn.Mode;
import org.wardlock.nn.Pass;
import org.wardlock.nn.Pixels;
import org.wardlock.nn.TrainableParameters;
import org.wardlock.nn.model.Network;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/** One step of training: pictures up, loss, gradients, new weights. Reads nothing back. */
final class TrainingStep {
  private final Network network;
  private final TrainableParameters parameters;
  private final TrainingOptions options;
  private final CrossEntropyLoss loss;
  private final Optimizer optimizer;
  private final UnaryOperator<Tensor> transform;
  private final Pass pass;

  TrainingStep(
      Network network,
      TrainableParameters parameters,
      Optimizer optimizer,
      TrainingOptions options,
      UnaryOperator<Tensor> transform) {
    this.network = network;
    this.parameters = parameters;
    this.optimizer = optimizer;
    this.options = options;
    this.transform = transform;
    this.loss = new CrossEntropyLoss(options.labelSmoothing());
    this.pass = new Pass(Mode.TRAINING, options.precision());
  }

  /**
   * Makes a step.
   *
   * @param number of the step, from 1
   * @param sums where the batch is counted
   */
  void run(Batch batch, long number, double learningRate, RunningSums sums) {
    Device device = network.device();
    try (Scope _ = Scope.open("training step")) {
      Tensor labels = Tensor.ofInts(device, Shape.of(batch.size()), batch.labels());
      Tensor targets = loss.targets(labels, network.architecture().classes());
      Tensor images = transform.apply(Pixels.of(device, batch));
      Tensor logits = network.logits(images, pass);
      Tensor mean = loss.mean(logits, targets);
      sums.add(mean, logits, labels);
      mean.backward();
      options.clipping().ifPresent(clipping -> clipping.apply(parameters.gradients()));
      optimizer.step(number, learningRate);
    }
  }
}
