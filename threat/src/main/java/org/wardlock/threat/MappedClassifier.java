package org.wardlock.threat;

import org.wardlock.defense.KeyTransform;
import org.wardlock.nn.Classifier;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/**
 * A model behind a transform that somebody guessed. The transform stays the caller's to close.
 *
 * @param model which sees transformed pictures
 * @param transform for pictures of the model's shape, on its device
 */
public record MappedClassifier(Classifier model, KeyTransform transform) implements Classifier {
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
    try (Scope _ = Scope.open("guessed transform")) {
      return model.logits(transform.apply(images)).keep();
    }
  }

  @Override
  public boolean isDifferentiable() {
    return model.isDifferentiable() && transform.isDifferentiable();
  }

  @Override
  public boolean isDeterministic() {
    return model.isDeterministic();
  }
}
