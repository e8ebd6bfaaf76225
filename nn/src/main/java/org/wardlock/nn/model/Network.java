package org.wardlock.nn.model;

import org.wardlock.nn.Module;
import org.wardlock.nn.ParameterSource;
import org.wardlock.nn.Parameters;
import org.wardlock.nn.Pass;
import org.wardlock.nn.PixelNormalization;
import org.wardlock.nn.weights.Weights;
import org.wardlock.nn.weights.WeightsException;
import org.wardlock.tensor.DType;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Tensor;

/**
 * An architecture with parameters on a device: pixels in, logits out, normalisation inside. This is
 * what is trained; {@link ImageClassifier} is what is deployed.
 */
public final class Network {
  private final Architecture architecture;
  private final Device device;
  private final PixelNormalization normalization;
  private final Module body;
  private final Parameters parameters;

  private Network(Architecture architecture, ParameterSource source) {
    this.architecture = architecture;
    device = source.device();
    normalization = new PixelNormalization(device, architecture.preprocessing().statistics());
    body = architecture.body().build(source, architecture.imageSize(), architecture.classes());
    parameters = source.parameters();
  }

  /** A network that has learnt nothing yet; equal seeds give equal networks. */
  public static Network initial(Architecture architecture, Device device, long seed) {
    return new Network(architecture, ParameterSource.initial(device, seed));
  }

  /**
   * A network with stored weights.
   *
   * @throws WeightsException if they do not fit the architecture, naming everything that does not
   */
  public static Network load(Architecture architecture, Device device, Weights weights)
      throws WeightsException {
    return complete(architecture, ParameterSource.stored(device, weights));
  }

  /**
   * A network of the same architecture in the same memory, but for some weights of its own.
   *
   * @throws WeightsException if those do not fit the architecture
   */
  Network sharing(Weights own) throws WeightsException {
    return complete(architecture, ParameterSource.sharing(device, parameters, own));
  }

  private static Network complete(Architecture architecture, ParameterSource source)
      throws WeightsException {
    Network network = new Network(architecture, source);
    try {
      source.requireComplete();
      return network;
    } catch (WeightsException e) {
      network.release();
      throw e;
    }
  }

  /** The blueprint. */
  public Architecture architecture() {
    return architecture;
  }

  /** Where the parameters are. */
  public Device device() {
    return device;
  }

  /** Everything that is stored. */
  public Parameters parameters() {
    return parameters;
  }

  /**
   * The logits of a batch, in the current scope.
   *
   * @param images (N, 3, size, size), float32 in [0, 1]
   * @return (N, classes), float32
   */
  public Tensor logits(Tensor images, Pass pass) {
    Tensor normalised = normalization.forward(images, pass);
    return body.forward(normalised.cast(pass.precision().type()), pass).cast(DType.F32);
  }

  /** Gives up the parameters; the network can no longer be used. */
  public void release() {
    parameters.release();
  }
}
