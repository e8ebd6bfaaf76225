package org.wardlock.nn.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.wardlock.data.Batch;
import org.wardlock.nn.Chance;
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
  private final Optional<TrainingTargets> given;
  private final Optimizer optimizer;
  private final RunningSums sums;
  private final UnaryOperator<Tensor> transform;
  private final Optional<RandomTransform> randomTransform;
  private final Pass pass;
  private final int usualSize;
  private final long seed;
  private final boolean drops;
  private final boolean draws;
  private final boolean mixes;
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
    this.given = setup.targets();
    this.randomTransform = setup.randomTransform();
    this.loss = new CrossEntropyLoss(options.labelSmoothing());
    this.pass = new Pass(Mode.TRAINING, options.precision()).with(setup.statistics());
    this.seed = setup.training().seed();
    this.mixes = !options.mixing().isNone();
    this.drops = network.lora().filter(lora -> lora.dropout() > 0).isPresent();
    this.draws = drops || randomTransform.isPresent();
    this.usualSize = setup.training().batchSize();
  }

  /**
   * Makes a step.
   *
   * @param state before the step
   */
  void run(Batch batch, TrainingState state, double learningRate) {
    Device device = network.device();
    try (Scope _ = Scope.open("training step")) {
      optimizer.prepare(state.step() + 1, learningRate);
      Tensor pixels = Pixels.bytes(device, batch);
      Tensor labels = Tensor.ofInts(device, Shape.of(batch.size()), batch.labels());
      Tensor targets =
          given
              .map(wanted -> wanted.of(device, batch))
              .orElseGet(() -> loss.targets(labels, network.architecture().classes()));
      var inputs = new ArrayList<>(List.of(pixels, labels, targets));
      if (draws) {
        inputs.add(streams(batch, state.epoch()));
      }
      if (mixes) {
        inputs.addAll(mix(batch, state));
      }
      if (batch.size() == usualSize) {
        repeated.run(inputs.toArray(Tensor[]::new));
      } else {
        compute(inputs);
      }
    }
  }

  /** One stream of random numbers for each picture and epoch. */
  private Tensor streams(Batch batch, int epoch) {
    long[] streams = batch.ids().clone();
    for (int i = 0; i < streams.length; i++) {
      streams[i] |= (long) epoch << 32;
    }
    return Tensor.ofLongs(network.device(), Shape.of(streams.length), streams);
  }

  /** The order of partners, and what each picture and label keeps of its own. */
  private List<Tensor> mix(Batch batch, TrainingState state) {
    Device device = network.device();
    int size = batch.size();
    int side = batch.width();
    Mixing.Mix mix = options.mixing().draw(seed, state.epoch(), state.batch(), side);
    int[] partners = IntStream.iterate(size - 1, i -> i - 1).limit(size).toArray();
    return List.of(
        Tensor.ofInts(device, Shape.of(size), partners),
        Tensor.of(device, Shape.of(1, 1, side, side), mix.mask()),
        Tensor.scalar(device, mix.share()));
  }

  private static Tensor mixed(Tensor x, Tensor partners, Tensor own) {
    return x.multiply(own).add(x.gather(0, partners).multiply(own.affine(-1, 1)));
  }

  private List<Tensor> compute(List<Tensor> inputs) {
    Tensor images = Pixels.inUnitRange(inputs.get(0));
    Tensor labels = inputs.get(1);
    Tensor targets = inputs.get(2);
    if (mixes) {
      List<Tensor> mix = inputs.subList(inputs.size() - 3, inputs.size());
      images = mixed(images, mix.get(0), mix.get(1));
      targets = mixed(targets, mix.get(0), mix.get(2));
    }
    Pass random = drops ? pass.with(new Chance(seed, inputs.get(3))) : pass;
    images =
        randomTransform.isPresent()
            ? randomTransform.get().apply(images, new Chance(seed, inputs.get(3)))
            : transform.apply(images);
    Tensor logits = network.logits(images, random);
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
