package org.wardlock.attacks;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.wardlock.nn.Classifier;
import org.wardlock.tensor.CustomOp;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/**
 * A classifier that counts the pictures that pass through it, forward and backward: an independent
 * measure of what attacks cost. Safe for any number of threads.
 */
public final class CountingClassifier implements Classifier {
  private final Classifier counted;
  private final AtomicLong forward = new AtomicLong();
  private final AtomicLong backward = new AtomicLong();

  /** Counts from zero. */
  public CountingClassifier(Classifier counted) {
    this.counted = counted;
  }

  /** The passes so far. */
  public Passes passes() {
    return new Passes(forward.get(), backward.get());
  }

  @Override
  public Device device() {
    return counted.device();
  }

  @Override
  public Shape imageShape() {
    return counted.imageShape();
  }

  @Override
  public int classes() {
    return counted.classes();
  }

  @Override
  public Tensor logits(Tensor images) {
    Tensor logits = counted.logits(images);
    forward.addAndGet(images.shape().extent(0));
    return Tensor.apply(new CountedOnTheWayBack(), logits);
  }

  @Override
  public boolean isDifferentiable() {
    return counted.isDifferentiable();
  }

  @Override
  public boolean isDeterministic() {
    return counted.isDeterministic();
  }

  private final class CountedOnTheWayBack implements CustomOp {
    @Override
    public Tensor forward(List<Tensor> inputs) {
      return inputs.getFirst();
    }

    @Override
    public List<Tensor> backward(Tensor g, List<Tensor> inputs, Tensor output) {
      backward.addAndGet(g.shape().extent(0));
      return List.of(g);
    }
  }
}
