package org.wardlock.nn;

import java.util.OptionalInt;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/**
 * What is deployed, evaluated and attacked: pictures in, logits out. Frozen in evaluation mode:
 * parameters and statistics never change, so one classifier serves any number of threads.
 * Normalisation and key transforms are inside: callers hand over pixels and nothing else.
 */
public interface Classifier {
  /** Where pictures must lie. */
  Device device();

  /** The shape of one picture: channels, height, width. */
  Shape imageShape();

  /** How many classes the logits tell apart. */
  int classes();

  /**
   * The logits of a batch, in a tensor of the current scope. Row i depends on picture i alone, to
   * the last bit.
   *
   * @param images (N, channels, height, width), float32 in [0, 1]; gradients flow to it where it
   *     requires them
   * @return (N, classes)
   * @throws IllegalArgumentException if the pictures have another shape
   */
  Tensor logits(Tensor images);

  /**
   * Whether gradients of the logits towards the pictures are the true ones; if not, asking for them
   * throws.
   */
  default boolean isDifferentiable() {
    return true;
  }

  /**
   * The class of pictures that are rejected, where some are: no answer but none. An attack that
   * wants a picture to be taken for a class is not spared the work by its being rejected unchanged.
   */
  default OptionalInt rejected() {
    return OptionalInt.empty();
  }

  /** Whether the same pictures always give the same logits. */
  default boolean isDeterministic() {
    return true;
  }
}
