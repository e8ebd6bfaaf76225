package org.wardlock.attacks;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/** A classifier's logits for a batch, on the host, and the way back to the pixels. */
public final class Response {
  private final Oracle oracle;
  private final Tensor images;
  private final Tensor logits;
  private final int[] rows;
  private final float[][] values;

  Response(Oracle oracle, Tensor images, Tensor logits, int... rows) {
    Shape expected = Shape.of(rows.length, oracle.classes());
    if (!logits.shape().equals(expected)) {
      throw new IllegalArgumentException(
          "classifier: logits of shape " + logits.shape() + ", expected " + expected);
    }
    this.oracle = oracle;
    this.images = images;
    this.logits = logits;
    this.rows = rows.clone();
    this.values = Rows.toHost(logits);
    for (int i = 0; i < values.length; i++) {
      for (int k = 0; k < values[i].length; k++) {
        if (!Float.isFinite(values[i][k])) {
          throw new NonFiniteException(
              "classifier: logit %d of picture %d is %s, expected a finite number"
                  .formatted(k, oracle.id(rows[i]), values[i][k]));
        }
      }
    }
  }

  /** How many images it is about. */
  public int count() {
    return values.length;
  }

  /** Which picture of the task image i is a version of. */
  public int row(int i) {
    return rows[i];
  }

  /** The logits of image i. */
  public double[] logits(int i) {
    double[] result = new double[values[i].length];
    Arrays.setAll(result, k -> values[i][k]);
    return result;
  }

  /** The class with the largest logit of image i, the lowest among equals. */
  public int prediction(int i) {
    int best = 0;
    for (int k = 1; k < values[i].length; k++) {
      if (values[i][k] > values[i][best]) {
        best = k;
      }
    }
    return best;
  }

  /**
   * The gradients towards some of the images. Can be asked for once.
   *
   * @param positions which images, ascending
   * @param seeds for image i, what its logits are multiplied with before they are summed: the
   *     gradient of a loss towards the logits
   * @return one row a position, in a tensor of the current scope
   * @throws NonFiniteException if a gradient is not finite
   */
  public Tensor gradient(int[] positions, IntFunction<double[]> seeds) {
    int classes = oracle.classes();
    float[] weights = new float[values.length * classes];
    for (int i : positions) {
      double[] seed = seeds.apply(i);
      for (int k = 0; k < classes; k++) {
        weights[i * classes + k] = (float) seed[k];
      }
      oracle.countGradient(rows[i]);
    }
    Tensor all =
        logits
            .backward(Tensor.of(logits.device(), logits.shape(), weights), List.of(images))
            .of(images);
    Tensor gradient = Rows.gather(all, positions);
    requireFinite(gradient, positions);
    return gradient;
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
