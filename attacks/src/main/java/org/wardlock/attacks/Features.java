package org.wardlock.attacks;

import java.util.function.UnaryOperator;
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
    return of(classifier, classifier::logits);
  }

  /**
   * What a network makes of pictures at a layer.
   *
   * @param layer a block, {@code block1} to the last, or {@code embedding}: what the layer that
   *     tells the classes apart is shown ({@link ImageClassifier#embedding}), such as a
   *     transformer's class token behind its norm
   * @throws IllegalArgumentException if there is no such layer, with the names of the blocks
   */
  static Features of(ImageClassifier network, String layer) {
    return "embedding".equals(layer)
        ? of(network, network::embedding)
        : of(network, network.architecture().block(layer));
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
    return of(network, images -> network.features(images, cutoff));
  }

  private static Features of(Classifier network, UnaryOperator<Tensor> features) {
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
        return features.apply(images);
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
