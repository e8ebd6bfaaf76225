package org.wardlock.attacks;

import java.util.Random;
import org.wardlock.nn.Classifier;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/** logits = W x + b: everything about attacks on it is known in closed form. */
public final class LinearClassifier implements Classifier {
  private final Shape imageShape;
  private final float[][] weight;
  private final float[] bias;
  private final Tensor weights;
  private final Tensor biases;

  /** A classifier with one row of weights a class. */
  public LinearClassifier(Shape imageShape, float[][] weight, float... bias) {
    this.imageShape = imageShape;
    this.weight = weight;
    this.bias = bias;
    weights = Rows.toDevice(Testing.device(), Shape.of((int) imageShape.count()), weight);
    biases = Tensor.of(Testing.device(), Shape.of(bias.length), bias);
  }

  /** Random weights and biases. */
  public static LinearClassifier random(Random random, Shape imageShape, int classes) {
    float[][] weight = new float[classes][];
    for (int k = 0; k < classes; k++) {
      weight[k] = Testing.normal(random, (int) imageShape.count(), 1);
    }
    return new LinearClassifier(imageShape, weight, Testing.normal(random, classes, 0.1));
  }

  /**
   * The size in a norm of the smallest change that makes one class win over another, if no value
   * reaches 0 or 1.
   */
  public double distance(Norm norm, float[] x, int label, int other) {
    double gap = (double) bias[label] - bias[other];
    double dual = 0;
    for (int i = 0; i < x.length; i++) {
      double slope = (double) weight[label][i] - weight[other][i];
      gap += slope * x[i];
      dual =
          switch (norm) {
            case LINF -> dual + Math.abs(slope);
            case L2 -> dual + slope * slope;
            case L1 -> Math.max(dual, Math.abs(slope));
          };
    }
    return gap / (norm == Norm.L2 ? Math.sqrt(dual) : dual);
  }

  /** The smallest distance to any other class. */
  public double distance(Norm norm, float[] x, int label) {
    double smallest = Double.POSITIVE_INFINITY;
    for (int other = 0; other < weight.length; other++) {
      if (other != label) {
        smallest = Math.min(smallest, distance(norm, x, label, other));
      }
    }
    return smallest;
  }

  /** The weight of a value for a class. */
  public float weight(int label, int position) {
    return weight[label][position];
  }

  /** The bias of a class. */
  public float bias(int label) {
    return bias[label];
  }

  @Override
  public Device device() {
    return Testing.device();
  }

  @Override
  public Shape imageShape() {
    return imageShape;
  }

  @Override
  public int classes() {
    return bias.length;
  }

  @Override
  public Tensor logits(Tensor images) {
    return images
        .reshape(images.shape().extent(0), (int) imageShape.count())
        .linear(weights, biases);
  }
}
