package org.wardlock.nn.model;

import org.wardlock.nn.Classifier;
import org.wardlock.nn.Pass;
import org.wardlock.nn.weights.Weights;
import org.wardlock.nn.weights.WeightsException;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/**
 * A network frozen in evaluation mode: its parameters are its own, ask for no gradient and never
 * change, so that any number of threads may call it.
 */
public final class ImageClassifier implements Classifier, AutoCloseable {
  private final Network network;
  private final Shape imageShape;

  private ImageClassifier(Network network) {
    this.network = network;
    int size = network.architecture().imageSize();
    imageShape =
        Shape.of(network.architecture().preprocessing().statistics().channels(), size, size);
  }

  /**
   * A classifier with stored weights.
   *
   * @throws WeightsException if they do not fit the architecture
   */
  public static ImageClassifier load(Architecture architecture, Device device, Weights weights)
      throws WeightsException {
    return new ImageClassifier(Network.load(architecture, device, weights));
  }

  /** A classifier with a copy of a network's present weights; training the network goes on. */
  public static ImageClassifier copyOf(Network network) {
    Device device = network.device();
    try (Scope _ = Scope.open("copy of a network")) {
      Weights weights = network.deployable("of a network", network.parameters().state(device));
      return load(network.architecture(), device, weights);
    } catch (WeightsException e) {
      throw new IllegalStateException("a network's own weights do not fit it", e);
    }
  }

  /**
   * A second classifier in the memory of this one, but for some weights of its own: for several
   * that differ in little. Each is closed on its own, in any order.
   *
   * @param own the tensors in which it differs, under their names
   * @throws WeightsException if they do not fit the architecture
   */
  public ImageClassifier sharing(Weights own) throws WeightsException {
    return new ImageClassifier(network.sharing(own));
  }

  /** The blueprint. */
  public Architecture architecture() {
    return network.architecture();
  }

  @Override
  public Device device() {
    return network.device();
  }

  @Override
  public Shape imageShape() {
    return imageShape;
  }

  @Override
  public int classes() {
    return network.architecture().classes();
  }

  @Override
  public Tensor logits(Tensor images) {
    requirePictures(images);
    try (Scope _ = Scope.open("classifier")) {
      return network.logits(images, Pass.EVALUATION).keep();
    }
  }

  /**
   * What a block makes of a batch: the representation that a student who learned from this network
   * is likely to share. In a tensor of the current scope; row i depends on picture i alone, to the
   * last bit.
   *
   * @param images (N, channels, height, width), float32 in [0, 1]; gradients flow to it where it
   *     requires them
   * @param cutoff the block, 1 to {@link Architecture#depth()}
   * @return (N, tokens, width) of a transformer, its class token first; (N, channels, height,
   *     width) of the others
   * @throws IllegalArgumentException if the pictures have another shape, or there is no such block
   */
  public Tensor features(Tensor images, int cutoff) {
    requirePictures(images);
    try (Scope _ = Scope.open("features")) {
      return network.features(images, cutoff, Pass.EVALUATION).keep();
    }
  }

  private void requirePictures(Tensor images) {
    if (images.shape().rank() != 4 || !images.shape().without(0).equals(imageShape)) {
      throw new IllegalArgumentException(
          network.architecture().name()
              + ": pictures of shape "
              + images.shape()
              + ", expected [N,"
              + imageShape.toString().substring(1));
    }
  }

  /** Gives up the parameters; the classifier can no longer be used. */
  @Override
  public void close() {
    network.release();
  }
}
