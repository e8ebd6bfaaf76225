package org.wardlock.defense.differentiators;

import java.util.Arrays;
import java.util.Map;
import org.wardlock.nn.Init;
import org.wardlock.nn.Linear;
import org.wardlock.nn.ParameterSource;
import org.wardlock.nn.Pass;
import org.wardlock.nn.TrainableParameters;
import org.wardlock.nn.train.Optimizer;
import org.wardlock.nn.train.Schedule;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/**
 * The last layer of a differentiator: from a network's embedding to a logit a side.
 *
 * @param weight (sides, width), row by row
 * @param bias a number a side
 */
public record Head(float[] weight, float[] bias) {
  /** Below this share of the mean a deviation is rounding. */
  private static final double LEAST_DEVIATION = 1e-6;

  /** Checks the lengths. */
  public Head {
    if (bias.length != Distinction.SIDES || weight.length % Distinction.SIDES != 0) {
      throw new IllegalArgumentException(
          "head of %d weights and %d biases, expected as many a side of %d"
              .formatted(weight.length, bias.length, Distinction.SIDES));
    }
  }

  /** Numbers in the embedding. */
  public int width() {
    return weight.length / Distinction.SIDES;
  }

  Tensor weight(Device device) {
    return Tensor.of(device, Shape.of(Distinction.SIDES, width()), weight);
  }

  Tensor bias(Device device) {
    return Tensor.of(device, Shape.of(Distinction.SIDES), bias);
  }

  /** (N, width) to (N, sides), in the current scope. */
  Tensor logits(Tensor embedding) {
    return embedding.linear(weight(embedding.device()), bias(embedding.device()));
  }

  /**
   * Learns from embeddings. Both sides weigh the same, however many pictures each has. Learning
   * sees each number of the embedding less its mean, in units of its deviation, as masked networks
   * differ widely in both; the head has that folded in.
   *
   * @param embeddings (N, width), constants
   * @param sides of the pictures
   */
  static Head fit(Tensor embeddings, Recipe recipe, int... sides) {
    Device device = embeddings.device();
    int width = embeddings.shape().extent(1);
    // the problem is convex: it begins at 0 and needs no chance
    ParameterSource source = ParameterSource.initial(device, 0);
    var layer = new Linear(source, width, Distinction.SIDES, Init.zeros(), Init.zeros());
    TrainableParameters trained = TrainableParameters.of(device, source.parameters(), _ -> true);
    Optimizer optimizer = recipe.optimizer().create(trained);
    try (Scope _ = Scope.open("head of a differentiator")) {
      Standardization scale = Standardization.of(width, embeddings.toFloats());
      Tensor seen = scale.apply(embeddings);
      Tensor targets = targets(device, sides);
      Tensor weights = Tensor.of(device, Shape.of(sides.length), weights(sides));
      var rates = new Schedule.Cosine(recipe.headRate(), recipe.headSteps());
      for (int step = 1; step <= recipe.headSteps(); step++) {
        try (Scope _ = Scope.open("step")) {
          Tensor logits = layer.forward(seen, Pass.TRAINING);
          logits.crossEntropy(targets).multiply(weights).sum().backward();
          optimizer.step(step, rates.rate(step - 1L));
        }
      }
      Map<String, Tensor> state = source.parameters().state(device);
      return scale.folded(state.get("weight").toFloats(), state.get("bias").toFloats());
    } finally {
      optimizer.release();
      trained.release();
      source.parameters().release();
    }
  }

  /**
   * Mean and deviation of each number of an embedding.
   *
   * @param factors 1 / deviation; 0 where all are the same
   */
  private record Standardization(double[] means, double[] factors) {
    static Standardization of(int width, float... rows) {
      int count = rows.length / width;
      double[] means = new double[width];
      double[] factors = new double[width];
      for (int i = 0; i < rows.length; i++) {
        means[i % width] += rows[i] / (double) count;
      }
      for (int i = 0; i < rows.length; i++) {
        double difference = rows[i] - means[i % width];
        factors[i % width] += difference * difference / count;
      }
      for (int i = 0; i < width; i++) {
        double deviation = Math.sqrt(factors[i]);
        factors[i] = deviation > LEAST_DEVIATION * Math.abs(means[i]) ? 1 / deviation : 0;
      }
      return new Standardization(means, factors);
    }

    Tensor apply(Tensor embeddings) {
      int width = means.length;
      float[] rows = embeddings.toFloats();
      for (int i = 0; i < rows.length; i++) {
        rows[i] = (float) ((rows[i] - means[i % width]) * factors[i % width]);
      }
      return Tensor.of(embeddings.device(), embeddings.shape(), rows);
    }

    /** The head that says of embeddings what one with these numbers says of scaled ones. */
    Head folded(float[] weight, float... bias) {
      int width = means.length;
      float[] foldedWeight = new float[weight.length];
      float[] foldedBias = new float[bias.length];
      for (int side = 0; side < bias.length; side++) {
        double shift = bias[side];
        for (int i = 0; i < width; i++) {
          double factor = weight[side * width + i] * factors[i];
          foldedWeight[side * width + i] = (float) factor;
          shift -= factor * means[i];
        }
        foldedBias[side] = (float) shift;
      }
      return new Head(foldedWeight, foldedBias);
    }
  }

  /** What each picture's loss is multiplied by: the pictures of a side have 1/2 between them. */
  static float[] weights(int... sides) {
    int[] counts = new int[Distinction.SIDES];
    Arrays.stream(sides).forEach(side -> counts[side]++);
    float[] weights = new float[sides.length];
    for (int i = 0; i < sides.length; i++) {
      weights[i] = 1f / (Distinction.SIDES * counts[sides[i]]);
    }
    return weights;
  }

  static Tensor targets(Device device, int... sides) {
    return Tensor.ofInts(device, Shape.of(sides.length), sides).oneHot(Distinction.SIDES, 1, 0);
  }
}
