package org.wardlock.attacks;

import java.util.List;
import java.util.function.UnaryOperator;
import org.wardlock.nn.Classifier;
import org.wardlock.tensor.CustomOp;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/**
 * BPDA (Athalye et al. 2018): a classifier behind a transform that has no useful gradient. Forward
 * the transform itself, exactly; backward the gradient of something near it, which may be the
 * identity. For transforms that do have a gradient this is a worse attack than theirs.
 *
 * @param inner what the transform feeds
 * @param transform of pictures (N, channels, height, width), to pictures of the classifier's shape
 * @param backward from the gradient towards what the transform gives to that towards its input, of
 *     the same shape
 */
public record StraightThrough(
    Classifier inner, UnaryOperator<Tensor> transform, UnaryOperator<Tensor> backward)
    implements Classifier {
  /** Gradients pass the transform as they are. */
  public StraightThrough(Classifier inner, UnaryOperator<Tensor> transform) {
    this(inner, transform, gradient -> gradient);
  }

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
    return inner.logits(Tensor.apply(new Transformed(), images));
  }

  @Override
  public boolean isDifferentiable() {
    return inner.isDifferentiable();
  }

  @Override
  public boolean isDeterministic() {
    return inner.isDeterministic();
  }

  private final class Transformed implements CustomOp {
    @Override
    public Tensor forward(List<Tensor> inputs) {
      return transform.apply(inputs.getFirst());
    }

    @Override
    public List<Tensor> backward(Tensor gradient, List<Tensor> inputs, Tensor output) {
      return List.of(backward.apply(gradient));
    }
  }
}
