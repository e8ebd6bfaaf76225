package org.wardlock.nn.model;

import java.util.Map;
import java.util.Optional;
import org.wardlock.nn.LoraSettings;
import org.wardlock.nn.LoraWeights;
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
  private final Backbone body;
  private final Parameters parameters;
  private final Optional<LoraSettings> lora;

  private Network(Architecture architecture, ParameterSource source, Optional<LoraSettings> lora) {
    this.architecture = architecture;
    this.lora = lora;
    device = source.device();
    normalization = new PixelNormalization(device, architecture.preprocessing().statistics());
    body = architecture.body().build(source, architecture.imageSize(), architecture.classes());
    parameters = source.parameters();
  }

  /** A network that has learnt nothing yet; equal seeds give equal networks. */
  public static Network initial(Architecture architecture, Device device, long seed) {
    return new Network(architecture, ParameterSource.initial(device, seed), Optional.empty());
  }

  /**
   * A network with stored weights. A transformer's position embedding is resampled where it was
   * learnt for pictures of another size.
   *
   * @throws WeightsException if they do not fit the architecture, naming everything that does not
   */
  public static Network load(Architecture architecture, Device device, Weights weights)
      throws WeightsException {
    Weights resized = architecture.body().resized(weights, architecture.imageSize());
    return complete(architecture, ParameterSource.stored(device, resized), Optional.empty());
  }

  /**
   * A network with stored weights that is to learn something new: with low-rank changes beside its
   * layers, with a new head, or both. Low-rank changes do nothing at first. Positions as in {@link
   * #load}.
   *
   * @param lora the changes, if any; only transformers have layers for them
   * @param newHead whether the last layer starts afresh, for other classes than it was stored for
   * @param seed of what is new
   * @throws WeightsException if they do not fit the architecture, naming everything that does not
   * @throws IllegalArgumentException if the architecture has no layers for low-rank changes
   */
  public static Network adapt(
      Architecture architecture,
      Device device,
      Weights weights,
      Optional<LoraSettings> lora,
      boolean newHead,
      long seed)
      throws WeightsException {
    Weights resized = architecture.body().resized(weights, architecture.imageSize());
    ParameterSource source = ParameterSource.stored(device, resized);
    if (newHead) {
      for (String head : architecture.body().headNames()) {
        source = source.renewing(head, seed);
      }
    }
    if (lora.isPresent()) {
      if (!(architecture.body() instanceof VisionTransformer.Size)) {
        throw new IllegalArgumentException(
            architecture.name()
                + ": LoRA changes the linear layers of transformers, and this is none: choose a ViT or DeiT, or the parts to train");
      }
      source = source.withLora(lora.get(), seed);
    }
    return complete(architecture, source, lora);
  }

  /**
   * A network of the same architecture in the same memory, but for some weights of its own.
   *
   * @throws WeightsException if those do not fit the architecture
   */
  Network sharing(Weights own) throws WeightsException {
    return complete(
        architecture, ParameterSource.sharing(device, parameters, own), Optional.empty());
  }

  private static Network complete(
      Architecture architecture, ParameterSource source, Optional<LoraSettings> lora)
      throws WeightsException {
    Network network = new Network(architecture, source, lora);
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

  /** The low-rank changes beside its layers, if any. */
  public Optional<LoraSettings> lora() {
    return lora;
  }

  /**
   * What a network without low-rank changes needs to compute what this one does.
   *
   * @param description for messages
   * @param state of this network's parameters, now or averaged; shared, not copied
   */
  public Weights deployable(String description, Map<String, Tensor> state) {
    Weights weights = Weights.of(description, state);
    return lora.map(settings -> LoraWeights.merged(weights, weights, settings)).orElse(weights);
  }

  /**
   * The logits of a batch, in the current scope.
   *
   * @param images (N, 3, size, size), float32 in [0, 1]
   * @return (N, classes), float32
   */
  public Tensor logits(Tensor images, Pass pass) {
    return body.forward(normalised(images, pass), pass).cast(DType.F32);
  }

  /**
   * What a block makes of a batch, in the current scope.
   *
   * @param images (N, 3, size, size), float32 in [0, 1]
   * @param cutoff the block, 1 to {@link Architecture#depth()}
   * @return float32: (N, tokens, width) of a transformer, its class token first, as {@link
   *     Backbone#features} says; (N, channels, height, width) of the others
   * @throws IllegalArgumentException if there is no such block
   */
  public Tensor features(Tensor images, int cutoff, Pass pass) {
    architecture.requireBlock(cutoff);
    return body.features(normalised(images, pass), cutoff, pass).cast(DType.F32);
  }

  /**
   * What the layers that tell the classes apart are shown, in the current scope.
   *
   * @param images (N, 3, size, size), float32 in [0, 1]
   * @return (N, width), what each reads end to end, float32
   */
  public Tensor embedding(Tensor images, Pass pass) {
    return body.embedding(normalised(images, pass), pass).cast(DType.F32);
  }

  private Tensor normalised(Tensor images, Pass pass) {
    return normalization.forward(images, pass).cast(pass.precision().type());
  }

  /** Gives up the parameters; the network can no longer be used. */
  public void release() {
    parameters.release();
  }
}
