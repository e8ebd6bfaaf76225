package org.wardlock.attacks;

import java.util.Random;
import java.util.function.UnaryOperator;
import org.wardlock.nn.Classifier;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/** A classifier that is a function. */
public record FunctionClassifier(Shape imageShape, int classes, UnaryOperator<Tensor> function)
    implements Classifier {
  /** A small convolutional network with random weights: nothing about it is linear. */
  public static FunctionClassifier network(Random random, Shape imageShape, int classes) {
    Device device = Testing.device();
    int channels = imageShape.extent(0);
    Tensor filters =
        Tensor.of(
            device, Shape.of(6, channels, 3, 3), Testing.normal(random, 6 * channels * 9, 0.8));
    Tensor weights =
        Tensor.of(device, Shape.of(classes, 6), Testing.normal(random, classes * 6, 4));
    Tensor biases = Tensor.of(device, Shape.of(classes), Testing.normal(random, classes, 0.1));
    return new FunctionClassifier(
        imageShape,
        classes,
        images ->
            images
                .affine(2, -1)
                .conv2d(filters, 1, 1)
                .gelu()
                .mean(2, 3)
                .reshape(images.shape().extent(0), 6)
                .linear(weights, biases));
  }

  @Override
  public Device device() {
    return Testing.device();
  }

  @Override
  public Tensor logits(Tensor images) {
    try (Scope _ = Scope.open("classifier")) {
      return function.apply(images).keep();
    }
  }
}
