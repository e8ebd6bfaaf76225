package org.wardlock.attacks;

import java.util.function.UnaryOperator;
import org.wardlock.nn.Classifier;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.NoGrad;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/**
 * A classifier that looks every value of a picture up in a table first, and classifies what it
 * finds there. A table of the 256 values of an 8-bit pixel has no gradient; what comes after it
 * has. Whoever knows both can attack it by {@link org.wardlock.attacks.gradient.LatticeAscent}.
 *
 * @param inner takes what the table gives; differentiable
 * @param lookup of pictures (N, channels, height, width) in [0, 1], to the same shape: the value at
 *     a channel, row and column of the result is a function of the value there and of nothing else,
 *     of one function for each place. What also moves values about moves them inside {@code inner}
 */
public record LookupClassifier(Classifier inner, UnaryOperator<Tensor> lookup)
    implements Classifier {
  @Override
  public Device device() {
    return inner.device();
  }

  @Override
  public Shape imageShape() {
    return inner.imageShape();
  }

  @Override
  public int classes() {
    return inner.classes();
  }

  @Override
  public Tensor logits(Tensor images) {
    try (Scope _ = Scope.open("lookup")) {
      return inner.logits(looked(images)).keep();
    }
  }

  /** What the table gives for pictures, with no way back to them; in the current scope. */
  public Tensor looked(Tensor images) {
    try (NoGrad _ = NoGrad.enter()) {
      Tensor values = lookup.apply(images);
      if (!values.shape().equals(images.shape())) {
        throw new IllegalArgumentException(
            "lookup: gives values of shape %s for pictures of shape %s, expected the same shape"
                .formatted(values.shape(), images.shape()));
      }
      return values;
    }
  }

  /** False: a table has no gradient. */
  @Override
  public boolean isDifferentiable() {
    return false;
  }

  @Override
  public boolean isDeterministic() {
    return inner.isDeterministic();
  }
}
