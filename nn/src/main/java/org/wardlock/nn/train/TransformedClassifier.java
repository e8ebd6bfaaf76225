package org.wardlock.nn.train;

import java.util.function.UnaryOperator;
import org.wardlock.nn.Classifier;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/** A classifier behind the transform its network is being trained with: for validation. */
record TransformedClassifier(UnaryOperator<Tensor> transform, Classifier model)
    implements Classifier {
  @Override
  public Device device() {
    return model.device();
  }

  @Override
  public Shape imageShape() {
    return model.imageShape();
  }

  @Override
  public int classes() {
    return model.classes();
  }

  @Override
  public Tensor logits(Tensor images) {
    return model.logits(transform.apply(images));
  }
}
