package org.wardlock.defense.differentiators;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.wardlock.data.Batch;
import org.wardlock.data.BatchLoader;
import org.wardlock.data.BatchStream;
import org.wardlock.nn.NormStatistics;
import org.wardlock.nn.Parameter;
import org.wardlock.nn.Pass;
import org.wardlock.nn.Pixels;
import org.wardlock.nn.TrainableParameters;
import org.wardlock.nn.model.Body;
import org.wardlock.nn.model.ImageClassifier;
import org.wardlock.nn.model.Network;
import org.wardlock.nn.model.Part;
import org.wardlock.nn.train.Optimizer;
import org.wardlock.nn.train.Schedule;
import org.wardlock.nn.weights.Weights;
import org.wardlock.nn.weights.WeightsException;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.NoGrad;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;
import org.wardlock.tensor.Updates;

/**
 * Fine-tunes a masked network and its head by gradients: what is masked is set to zero again after
 * every step, and statistics of batch normalisation stay.
 */
final class MaskedTuning {
  private static final Pass PASS = Pass.TRAINING.with(NormStatistics.FROZEN);

  private final ImageClassifier student;
  private final Recipe recipe;

  MaskedTuning(ImageClassifier student, Recipe recipe) {
    this.student = student;
    this.recipe = recipe;
  }

  /**
   * Trains on.
   *
   * @param begun a differentiator whose head has been trained
   * @param pictures of the classes that it concerns, shuffled
   * @param counts pictures a side
   * @return the same with another head, and further weights of its own
   */
  Differentiator tune(Differentiator begun, BatchLoader pictures, int... counts) {
    try (Scope _ = Scope.open("tuning")) {
      Network network = network(begun);
      try {
        TrainableParameters trained =
            TrainableParameters.of(
                network.device(),
                network.parameters(),
                parameter -> recipe.tuning().trains(network.architecture().body(), parameter));
        try {
          train(network, trained, begun, pictures, counts);
          return changed(network, begun);
        } finally {
          trained.release();
        }
      } finally {
        network.release();
      }
    }
  }

  private Network network(Differentiator begun) {
    Device device = student.device();
    Map<String, Tensor> last = last(student.architecture().body(), begun.head(), device);
    Weights plain = student.weights();
    try {
      Weights whole = Weights.of("head", last).over(begun.mask().of(plain, device)).over(plain);
      return Network.load(student.architecture().withClasses(Distinction.SIDES), device, whole);
    } catch (WeightsException e) {
      throw new IllegalStateException("a student's own weights do not fit it", e);
    }
  }

  /**
   * A differentiator's head as the heads of its student: the mean of what those say of their parts
   * of an embedding is what it says of the whole.
   */
  private static Map<String, Tensor> last(Body body, Head head, Device device) {
    List<String> names = body.headNames();
    int width = head.width() / names.size();
    Tensor weight = head.weight(device).multiply(names.size());
    var last = new LinkedHashMap<String, Tensor>();
    for (int i = 0; i < names.size(); i++) {
      last.put(names.get(i) + ".weight", weight.slice(1, i * width, (i + 1) * width));
      last.put(names.get(i) + ".bias", head.bias(device));
    }
    return last;
  }

  /** The reverse. */
  private static Head head(Body body, Map<String, Tensor> state) {
    List<String> names = body.headNames();
    float share = 1f / names.size();
    Tensor[] weights =
        names.stream().map(name -> state.get(name + ".weight")).toArray(Tensor[]::new);
    try (NoGrad _ = NoGrad.enter()) {
      Tensor bias =
          names.stream().map(name -> state.get(name + ".bias")).reduce(Tensor::add).orElseThrow();
      return new Head(
          Tensor.concatenate(1, weights).multiply(share).toFloats(),
          bias.multiply(share).toFloats());
    }
  }

  private void train(
      Network network,
      TrainableParameters trained,
      Differentiator begun,
      BatchLoader pictures,
      int... counts) {
    Device device = network.device();
    List<Masked> masked = masked(trained, begun.mask().factors(device));
    Optimizer optimizer = recipe.optimizer().create(trained);
    long steps = (long) recipe.epochs() * pictures.batches();
    var rates = new Schedule.Cosine(recipe.rate(), steps);
    long step = 0;
    try {
      for (int epoch = 0; epoch < recipe.epochs(); epoch++) {
        try (BatchStream batches = pictures.epoch(epoch)) {
          while (batches.hasNext()) {
            Batch batch = batches.next();
            step++;
            try (Scope _ = Scope.open("step")) {
              loss(network, batch, begun.distinction(), counts).backward();
              optimizer.step(step, rates.rate(step - 1));
              masked.forEach(Masked::hold);
            }
            pictures.recycle(batch);
          }
        }
      }
    } finally {
      optimizer.release();
    }
  }

  /** The batch's part of a loss in which both sides weigh the same over an epoch. */
  private static Tensor loss(Network network, Batch batch, Distinction distinction, int... counts) {
    int total = counts[0] + counts[1];
    int[] sides = new int[batch.size()];
    float[] weights = new float[batch.size()];
    for (int row = 0; row < sides.length; row++) {
      sides[row] = distinction.side(batch.labels()[row]);
      weights[row] = (float) total / (Distinction.SIDES * counts[sides[row]]) / batch.size();
    }
    Tensor logits = network.logits(Pixels.of(network.device(), batch), PASS);
    return logits
        .crossEntropy(Head.targets(network.device(), sides))
        .multiply(Tensor.of(network.device(), Shape.of(weights.length), weights))
        .sum();
  }

  private static List<Masked> masked(TrainableParameters trained, Map<String, Tensor> factors) {
    var masked = new ArrayList<Masked>();
    for (Parameter parameter : trained.parameters()) {
      if (factors.containsKey(parameter.name())) {
        masked.add(new Masked(parameter, factors.get(parameter.name())));
      }
    }
    return masked;
  }

  /** A parameter that is trained, and by what it is multiplied to stay masked. */
  private record Masked(Parameter parameter, Tensor factor) {
    void hold() {
      try (NoGrad _ = NoGrad.enter()) {
        Updates.assign(parameter.tensor(), parameter.tensor().multiply(factor));
      }
    }
  }

  private Differentiator changed(Network network, Differentiator begun) {
    Body body = network.architecture().body();
    var own = new LinkedHashMap<String, Tensor>();
    for (Parameter parameter : network.parameters().learnt()) {
      if (parameter.isTrainable() && Part.of(body, parameter.name()) != Part.HEAD) {
        own.put(parameter.name(), parameter.tensor().detach().copy().unscoped());
      }
    }
    Map<String, Tensor> state = network.parameters().state(network.device());
    return new Differentiator(
        begun.distinction(),
        begun.mask(),
        head(body, state),
        Weights.of("of a differentiator", own));
  }
}
