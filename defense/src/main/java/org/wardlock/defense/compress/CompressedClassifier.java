package org.wardlock.defense.compress;

import org.wardlock.nn.Classifier;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/**
 * A classifier that sees pictures only as a compression leaves them. Both parts stay the caller's
 * to close.
 *
 * @param model of pictures that were compressed
 * @param compression of pictures of the model's shape, on its device
 */
public record CompressedClassifier(Classifier model, Compression compression)
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
    try (Scope _ = Scope.open("compressed classifier")) {
      return model.logits(compression.apply(images)).keep();
    }
  }

  @Override
  public boolean isDifferentiable() {
    return model.isDifferentiable() && compression.isDifferentiable();
  }

  @Override
  public boolean isDeterministic() {
    return model.isDeterministic() && compression.isDeterministic();
  }
}
