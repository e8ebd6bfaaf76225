package org.wardlock.nn.model;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.wardlock.nn.ActivationObserver;
import org.wardlock.nn.Classifier;
import org.wardlock.nn.Pass;
import org.wardlock.nn.weights.Weights;
import org.wardlock.nn.weights.WeightsException;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.NoGrad;
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

  /**
   * The same classifier with some units pruned, in the memory of this one but for the weights that
   * are masked. It is closed on its own.
   */
  public ImageClassifier masked(UnitMask mask) {
    return masked(mask, Weights.of("nothing", Map.of()));
  }

  /**
   * The same with some weights of its own, masked, too.
   *
   * @param own the tensors in which it differs beside the mask, under their names
   * @throws IllegalArgumentException if those, or the mask, do not fit the architecture
   */
  public ImageClassifier masked(UnitMask mask, Weights own) {
    try (Scope _ = Scope.open("masked weights")) {
      return sharing(mask.of(own.over(weights()), device()).over(own));
    } catch (WeightsException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  /** Everything that is stored, in the memory of this classifier, which it must not outlive. */
  public Weights weights() {
    return Weights.of(
        "of a " + network.architecture().name(), network.parameters().state(device()));
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
   * @return (N, tokens, width) of a transformer, its class token first, as {@link
   *     Backbone#features} says; (N, channels, height, width) of the others
   * @throws IllegalArgumentException if the pictures have another shape, or there is no such block
   */
  public Tensor features(Tensor images, int cutoff) {
    requirePictures(images);
    try (Scope _ = Scope.open("features")) {
      return network.features(images, cutoff, Pass.EVALUATION).keep();
    }
  }

  /**
   * What the layers that tell the classes apart are shown, in a tensor of the current scope.
   *
   * @param images (N, channels, height, width), float32 in [0, 1]; gradients flow to it where it
   *     requires them
   * @return (N, width), what each reads end to end
   * @throws IllegalArgumentException if the pictures have another shape
   */
  public Tensor embedding(Tensor images) {
    requirePictures(images);
    try (Scope _ = Scope.open("embedding")) {
      return network.embedding(images, Pass.EVALUATION).keep();
    }
  }

  /**
   * How strongly the units that can be pruned answer to each picture of a batch: the mean of the
   * answer's absolute value over the positions in the picture. Takes longer than {@link #logits}.
   *
   * @param images as for {@link #logits}; needs no gradient
   * @return by the layer's name: a row a picture, in it a number a unit
   */
  public Map<String, float[][]> unitActivations(Tensor images) {
    requirePictures(images);
    var measured = new HashMap<String, float[][]>();
    ActivationObserver observer =
        (layer, activations, axis) ->
            measured.merge(
                layer, UnitActivations.rows(activations, axis), ImageClassifier::concatenate);
    try (NoGrad _ = NoGrad.enter();
        Scope _ = Scope.open("unit activations")) {
      network.logits(images, Pass.EVALUATION.with(observer));
    }
    return measured;
  }

  private static float[][] concatenate(float[][] before, float[]... after) {
    return Stream.concat(Arrays.stream(before), Arrays.stream(after)).toArray(float[][]::new);
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
