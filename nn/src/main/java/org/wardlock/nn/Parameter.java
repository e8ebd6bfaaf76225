package org.wardlock.nn;

import java.util.Optional;
import org.wardlock.tensor.DType;
import org.wardlock.tensor.RoundedCopy;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/**
 * A named tensor of a network. It is learnt (a weight, a bias), a factor of a low-rank change to a
 * weight, or a buffer (a running statistic, which is stored with the weights but gets no gradient).
 * It starts as a constant; {@link TrainableParameters} makes it a leaf that asks for gradients.
 */
public final class Parameter {
  private final String name;
  private final Kind kind;
  private Tensor tensor;
  private boolean trainable;
  private Optional<RoundedCopy> rounded = Optional.empty();

  /** What becomes of a parameter in training. */
  enum Kind {
    LEARNT,
    FACTOR,
    BUFFER
  }

  Parameter(String name, Kind kind, Tensor tensor) {
    this.name = name;
    this.kind = kind;
    this.tensor = tensor;
  }

  /** The dotted name, as timm spells it: {@code blocks.0.attn.qkv.weight}. */
  public String name() {
    return name;
  }

  /** The extents. */
  public Shape shape() {
    return tensor.shape();
  }

  /** The values: what a forward pass reads. */
  public Tensor tensor() {
    return tensor;
  }

  /** The values rounded to a type, and tied to the parameter, whose gradient stays float32. */
  Tensor tensor(DType type) {
    return rounded.isPresent() ? rounded.get().of(tensor, type) : tensor.cast(type);
  }

  /** Says where the values are found rounded, if anywhere. */
  void roundedIn(Optional<RoundedCopy> copy) {
    rounded = copy;
  }

  /** Whether this is a statistic rather than something learnt. */
  public boolean isBuffer() {
    return kind == Kind.BUFFER;
  }

  /** Whether this is a factor of a low-rank change to a weight: see {@link LoraLinear}. */
  public boolean isFactor() {
    return kind == Kind.FACTOR;
  }

  /** Whether gradients flow to it. */
  public boolean isTrainable() {
    return trainable;
  }

  /** From now on lives in {@code values} and writes its gradient to {@code gradient}. */
  void train(Tensor values, Tensor gradient) {
    try (Scope _ = Scope.open("parameter " + name)) {
      Tensor leaf = values.requiresGrad(gradient).unscoped();
      tensor.release();
      tensor = leaf;
      trainable = true;
    }
  }

  /** Gives up the memory. */
  void release() {
    tensor.release();
  }

  /** Name and shape. */
  @Override
  public String toString() {
    return name + shape();
  }
}
