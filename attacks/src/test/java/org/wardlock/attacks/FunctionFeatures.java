package org.wardlock.attacks;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/**
 * Features that are a function.
 *
 * @param passes counts the pictures it was asked about
 */
public record FunctionFeatures(Shape imageShape, UnaryOperator<Tensor> function, AtomicLong passes)
    implements Features {
  /** Of which nobody was asked yet. */
  public FunctionFeatures(Shape imageShape, UnaryOperator<Tensor> function) {
    this(imageShape, function, new AtomicLong());
  }

  @Override
  public Device device() {
    return Testing.device();
  }

  @Override
  public Tensor features(Tensor images) {
    passes.addAndGet(images.shape().extent(0));
    return function.apply(images);
  }

  /**
   * A classifier of these features' means over positions, by a linear head.
   *
   * @param weights (classes, channels)
   */
  public FunctionClassifier student(Tensor weights) {
    int classes = weights.shape().extent(0);
    int channels = weights.shape().extent(1);
    Tensor bias = Tensor.of(Testing.device(), Shape.of(classes), new float[classes]);
    return new FunctionClassifier(
        imageShape,
        classes,
        images ->
            features(images)
                .mean(2, 3)
                .reshape(images.shape().extent(0), channels)
                .linear(weights, bias));
  }
}
