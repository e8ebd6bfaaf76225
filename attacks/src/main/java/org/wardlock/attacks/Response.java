package org.wardlock.attacks;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/**
 * A classifier's logits for a batch, on the host, and the way back to the pixels. Where answers
 * vary it may hold several about every image, and speaks of their mean.
 */
public final class Response {
  private final Oracle oracle;
  private final Tensor images;
  private final Tensor[] logits;
  private final int[] rows;
  private final float[][][] values;

  Response(Oracle oracle, Tensor images, Tensor[] logits, int... rows) {
    Shape expected = Shape.of(rows.length, oracle.classes());
    this.oracle = oracle;
    this.images = images;
    this.logits = logits;
    this.rows = rows.clone();
    this.values = new float[logits.length][][];
    for (int draw = 0; draw < logits.length; draw++) {
      if (!logits[draw].shape().equals(expected)) {
        throw new IllegalArgumentException(
            "classifier: logits of shape " + logits[draw].shape() + ", expected " + expected);
      }
      values[draw] = Rows.toHost(logits[draw]);
      requireFinite(values[draw]);
    }
  }

  private void requireFinite(float[][] answers) {
    for (int i = 0; i < answers.length; i++) {
      for (int k = 0; k < answers[i].length; k++) {
        if (!Float.isFinite(answers[i][k])) {
          throw new NonFiniteException(
              "classifier: logit %d of picture %d is %s, expected a finite number"
                  .formatted(k, oracle.id(rows[i]), answers[i][k]));
        }
      }
    }
  }

  /** How many images it is about. */
  public int count() {
    return rows.length;
  }

  /** Which picture of the task image i is a version of. */
  public int row(int i) {
    return rows[i];
  }

  /** The logits of image i; the mean of several answers. */
  public double[] logits(int i) {
    double[] mean = new double[oracle.classes()];
    for (float[][] answers : values) {
      for (int k = 0; k < mean.length; k++) {
        mean[k] += (double) answers[i][k] / values.length;
      }
    }
    return mean;
  }

  /** The logits of all images. */
  public double[][] logits() {
    double[][] all = new double[count()][];
    Arrays.setAll(all, this::logits);
    return all;
  }

  /**
   * The class with the largest logit of image i, the lowest among equals; of several answers that
   * with the largest mean probability.
   */
  public int prediction(int i) {
    if (values.length == 1) {
      return largest(logits(i));
    }
    double[] mean = new double[oracle.classes()];
    for (float[][] answers : values) {
      double top = answers[i][largest(logits(answers[i]))];
      double[] weights = new double[mean.length];
      Arrays.setAll(weights, k -> StrictMath.exp(answers[i][k] - top));
      double sum = Arrays.stream(weights).sum();
      for (int k = 0; k < mean.length; k++) {
        mean[k] += weights[k] / sum;
      }
    }
    return largest(mean);
  }

  private static double[] logits(float... answer) {
    double[] exact = new double[answer.length];
    Arrays.setAll(exact, k -> answer[k]);
    return exact;
  }

  private static int largest(double... scores) {
    int best = 0;
    for (int k = 1; k < scores.length; k++) {
      if (scores[k] > scores[best]) {
        best = k;
      }
    }
    return best;
  }

  /** A loss of image i, averaged over the answers about it. */
  public MeanLoss loss(int i, Function<double[], LossValue> loss) {
    return new MeanLoss(
        Arrays.stream(values).map(answers -> loss.apply(logits(answers[i]))).toList());
  }

  /**
   * The gradients towards some of the images; the mean over several answers. Can be asked for once.
   *
   * @param positions which images, ascending
   * @param seeds for image i, what its logits are multiplied with before they are summed: the
   *     gradient of a loss towards the logits
   * @return one row a position, in a tensor of the current scope
   * @throws NonFiniteException if a gradient is not finite
   */
  public Tensor gradient(int[] positions, IntFunction<double[]> seeds) {
    return meanGradient(
        positions,
        i -> {
          double[] seed = seeds.apply(i);
          double[][] each = new double[values.length][];
          Arrays.fill(each, seed);
          return each;
        });
  }

  /**
   * As {@link #gradient}, of a loss whose way up is the same for every answer or not: see {@link
   * MeanLoss#directions}.
   *
   * @param seeds for image i, one for each answer
   */
  public Tensor meanGradient(int[] positions, IntFunction<double[][]> seeds) {
    int classes = oracle.classes();
    float[][] weights = new float[logits.length][rows.length * classes];
    for (int i : positions) {
      double[][] seed = seeds.apply(i);
      for (int draw = 0; draw < seed.length; draw++) {
        for (int k = 0; k < classes; k++) {
          weights[draw][i * classes + k] = (float) (seed[draw][k] / logits.length);
        }
      }
      oracle.countGradient(rows[i]);
    }
    Tensor sum = backward(0, weights[0]);
    for (int draw = 1; draw < logits.length; draw++) {
      sum = sum.add(backward(draw, weights[draw]));
    }
    Tensor gradient = Rows.gather(sum, positions);
    requireFinite(gradient, positions);
    return gradient;
  }

  private Tensor backward(int draw, float... weights) {
    Tensor seed = Tensor.of(images.device(), logits[draw].shape(), weights);
    return logits[draw].backward(seed, List.of(images)).of(images);
  }

  private void requireFinite(Tensor gradient, int... positions) {
    // a number minus itself is 0 unless it is infinite or none
    float[] sums = gradient.subtract(gradient).sum(1, 2, 3).toFloats();
    for (int j = 0; j < positions.length; j++) {
      if (sums[j] != 0) {
        throw new NonFiniteException(
            "classifier: the gradient towards picture %d holds values that are not finite"
                .formatted(oracle.id(rows[positions[j]])));
      }
    }
  }
}
