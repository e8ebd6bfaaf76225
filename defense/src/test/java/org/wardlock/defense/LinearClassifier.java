package org.wardlock.defense;

import java.util.Random;
import org.wardlock.nn.Classifier;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;
import org.wardlock.tensor.testing.TestDevice;

/** Logits that are linear in the pixels: a model whose gradients are known. */
final class LinearClassifier implements Classifier {
  private static final int CLASSES = 5;

  private final Shape imageShape;
  private final float[] weights;
  private final Tensor weight;
  private final Tensor bias;

  LinearClassifier(Shape imageShape, long seed) {
    this.imageShape = imageShape;
    var random = new Random(seed);
    weights = new float[CLASSES * size()];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) random.nextGaussian();
    }
    try (Scope _ = Scope.open("linear classifier")) {
      weight = Tensor.of(device(), Shape.of(CLASSES, size()), weights).unscoped();
      bias = Tensor.zeros(device(), Shape.of(CLASSES)).unscoped();
    }
  }

  int size() {
    return Math.toIntExact(imageShape.count());
  }

  /** How a logit changes with a pixel. */
  float weight(int label, int pixel) {
    return weights[label * size() + pixel];
  }

  @Override
  public Device device() {
    return TestDevice.get();
  }

  @Override
  public Shape imageShape() {
    return imageShape;
  }

  @Override
  public int classes() {
    return CLASSES;
  }

  @Override
  public Tensor logits(Tensor images) {
    try (Scope _ = Scope.open("linear")) {
      return images.reshape(images.shape().extent(0), size()).linear(weight, bias).keep();
    }
  }
}
