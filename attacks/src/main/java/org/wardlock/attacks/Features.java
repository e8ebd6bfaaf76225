package org.wardlock.attacks;

import org.wardlock.nn.Classifier;
import org.wardlock.nn.model.ImageClassifier;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/**
 * What a network makes of pictures somewhere inside: the representation that a student who learned
 * from this network is likely to share. Frozen, as a {@link Classifier} is, and safe for any number
 * of threads.
 */
public interface Features {
  /** A classifier's logits as features: few, and all of it that anybody sees. */
  static Features ofLogits(Classifier classifier) {
    return new Features() {
      @Override
      public Device device() {
        return classifier.device();
      }

      @Override
      public Shape imageShape() {
        return classifier.imageShape();
      }

      @Override
      public Tensor features(Tensor images) {
        return classifier.logits(images);
      }
    };
  }

  /**
   * What a block of a network makes of pictures.
   *
   * @param network whose
   * @param cutoff the block, 1 to the depth of its architecture
   * @throws IllegalArgumentException if there is no such block
   */
  static Features of(ImageClassifier network, int cutoff) {
    network.architecture().requireBlock(cutoff);
    return new Features() {
      @Override
      public Device device() {
        return network.device();
      }

      @Override
      public Shape imageShape() {
        return network.imageShape();
      }

      @Override
      public Tensor features(Tensor images) {
        return network.features(images, cutoff);
      }
    };
  }

  /** Where pictures must lie. */
  Device device();

  /** The shape of one picture: channels, height, width. */
  Shape imageShape();

  /**
   * The features of a batch, in a tensor of the current scope. Row i depends on picture i alone, to
   * the last bit.
   *
   * @param images (N, channels, height, width), float32 in [0, 1]; gradients flow to it where it
   *     requires them
   * @return (N, ...): of any shape behind N, always the same
   */
  Tensor features(Tensor images);
}
