package org.wardlock.defense;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.wardlock.nn.PixelStatistics;
import org.wardlock.nn.model.Architecture;
import org.wardlock.nn.model.ConvMixer;
import org.wardlock.nn.model.VisionTransformer;
import org.wardlock.nn.weights.Weights;
import org.wardlock.nn.weights.WeightsException;
import org.wardlock.tensor.DType;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/**
 * Makes of a plain ViT or ConvMixer its keyed twin, with no training: what the twin says of a
 * picture behind the key is what the plain network says of the picture, up to rounding. Iijima and
 * Kiya (arXiv 2207.11939) for ConvMixer, Kiya and others (arXiv 2207.05366) for ViT.
 *
 * <p>A key that treats all patches alike permutes and negates the values of each, and the patch
 * embedding is linear in them: permuting its columns and changing their signs undoes the key. The
 * papers' rule is exact where pixels are normalised by mean and deviation 1/2, so that 1 - x
 * becomes -x and no channel differs from another. For any other statistics they are first folded
 * into the patch embedding, by {@code W[i] * 0.5 / std} and {@code b + sum W[i] (0.5 - mean) / std}
 * with the statistics of value i's channel; the twin normalises by 1/2. That step knows no key, and
 * the other one permutes and changes signs only, which loses no bit: so a twin is encrypted afresh
 * for a new key by undoing the old one, to the bits that the plain network would give. A network
 * that was trained behind its key gets another one in the same way, once its own statistics are
 * {@link #folded} in: up to rounding it says behind the new key what it said behind the old.
 *
 * <p>Possible with shuffle and negate in any chain, where the key's block divides the patch, and
 * for ViT with whole blocks that change places if the block is the patch: the rows of the position
 * embedding change places with them. Not possible with FFX, which is no linear map, nor where a
 * block is larger than a patch or does not divide it, nor where blocks have tables of their own:
 * such keys need training behind them.
 *
 * <p>The twin is a relabelling of the plain network, and hides nothing from whoever has that: see
 * docs/security.md. Immutable and safe for any number of threads; it holds what is as secret as the
 * key.
 */
public final class ModelEncryption {
  private static final double HALF = 0.5;

  private final Architecture architecture;
  private final PatchMap map;

  private ModelEncryption(Architecture architecture, PatchMap map) {
    this.architecture = architecture;
    this.map = map;
  }

  /** Where a kind of network keeps its patch embedding and what it knows of places. */
  private record Names(String weight, String bias, Optional<Positions> positions) {
    static Names of(Architecture architecture) {
      return switch (architecture.body()) {
        case VisionTransformer.Size size ->
            new Names(
                "patch_embed.proj.weight",
                "patch_embed.proj.bias",
                Optional.of(new Positions("pos_embed", size.variant().prefixPositions())));
        case ConvMixer.Size _ -> new Names("stem.0.weight", "stem.0.bias", Optional.empty());
        default ->
            throw new IllegalArgumentException(
                "model %s: has no patch embedding to encrypt; expected a ViT or a ConvMixer"
                    .formatted(architecture.name()));
      };
    }
  }

  /**
   * A position embedding.
   *
   * @param prefix rows before those of the patches, which no key moves: the class token's, say
   */
  private record Positions(String name, int prefix) {}

  /**
   * The encryption of networks of one architecture under one key.
   *
   * @param architecture of the plain network or of a twin; its statistics say what {@link #encrypt}
   *     folds in
   * @param key which may be closed afterwards
   * @throws IllegalArgumentException if no twin can be exact: for that architecture, with that
   *     transform, or with that block
   */
  public static ModelEncryption of(Architecture architecture, Key key) {
    Names names = Names.of(architecture);
    KeySpec spec = key.spec();
    int patch = architecture.body().patch();
    if (patch % spec.block() != 0) {
      throw new IllegalArgumentException(
          "model %s: patches of %d x %d cannot undo a key with blocks of %d x %d; expected a block that divides the patch: use another key, or train behind this one"
              .formatted(architecture.name(), patch, patch, spec.block(), spec.block()));
    }
    int channels = architecture.preprocessing().statistics().channels();
    int size = architecture.imageSize();
    PatchMap map;
    try {
      map = PatchMap.of(key.pixelMap(channels, size, size), channels, size, patch);
    } catch (IllegalArgumentException e) {
      throw noTwin(architecture, spec, e.getMessage());
    }
    if (names.positions().isEmpty() && !map.keepsPlaces()) {
      throw noTwin(
          architecture,
          spec,
          "it moves patches, and a network without a position embedding sees it");
    }
    return new ModelEncryption(architecture, map);
  }

  private static IllegalArgumentException noTwin(
      Architecture architecture, KeySpec spec, String reason) {
    return new IllegalArgumentException(
        "model %s: has no exact twin behind a key with transform %s and block %d, as %s; train behind that key instead"
            .formatted(architecture.name(), spec.transformText(), spec.block(), reason));
  }

  /** The twin's architecture: the same with mean and deviation 1/2 in every channel. */
  public Architecture twin() {
    return architecture.with(halves());
  }

  private PixelStatistics halves() {
    int channels = architecture.preprocessing().statistics().channels();
    var half = Collections.nCopies(channels, HALF);
    return new PixelStatistics(half, half);
  }

  /**
   * The twin's weights.
   *
   * @param plain weights that fit the architecture; they must stay open while the result is used
   * @return the same tensors but for the patch embedding, which is float32, and a ViT's position
   *     embedding; those are made in the current scope
   * @throws WeightsException if the patch embedding, or a position embedding that the key moves, is
   *     missing, cannot be read or does not fit
   */
  public Weights encrypt(Weights plain) throws WeightsException {
    return permuted(folded(plain), map);
  }

  /**
   * The plain network's weights, statistics folded in: they belong to {@link #twin()} without a
   * key.
   *
   * @param twin weights that {@link #encrypt} gave for the same key, or {@link #folded} ones of a
   *     network that was trained behind it
   * @throws WeightsException if the patch embedding, or a position embedding that the key moves, is
   *     missing, cannot be read or does not fit
   */
  public Weights decrypt(Weights twin) throws WeightsException {
    return permuted(twin, map.inverse());
  }

  /**
   * The same network, statistics folded in: weights that belong to {@link #twin()}. A step that
   * knows no key: a network that was trained behind one wants pictures behind it as before.
   *
   * @param weights that fit the architecture; they must stay open while the result is used
   * @return the same tensors but for the patch embedding, which is float32 and made in the current
   *     scope
   * @throws WeightsException if the patch embedding is missing, cannot be read or does not fit
   */
  public Weights folded(Weights weights) throws WeightsException {
    Weights before = architecture.body().resized(weights, architecture.imageSize());
    Names names = Names.of(architecture);
    float[] weight = filters(before, names);
    float[] bias = floats(before, names.bias());
    fold(weight, bias);
    return new Replaced(
        before,
        Map.of(
            names.weight(),
            Tensor.of(Device.CPU, before.shape(names.weight()), weight),
            names.bias(),
            Tensor.of(Device.CPU, before.shape(names.bias()), bias)));
  }

  /** The names of the tensors that {@link #encrypt} and {@link #decrypt} change; no others. */
  public Set<String> changed() {
    Names names = Names.of(architecture);
    var changed = new LinkedHashSet<String>(List.of(names.weight(), names.bias()));
    if (!map.keepsPlaces()) {
      names.positions().map(Positions::name).ifPresent(changed::add);
    }
    return changed;
  }

  private Weights permuted(Weights given, PatchMap undone) throws WeightsException {
    Weights before = architecture.body().resized(given, architecture.imageSize());
    Names names = Names.of(architecture);
    float[] weight = filters(before, names);
    Shape shape = before.shape(names.weight());
    var made = new LinkedHashMap<String, Tensor>();
    made.put(names.weight(), Tensor.of(Device.CPU, shape, permuted(weight, undone)));
    if (names.positions().isPresent() && !undone.keepsPlaces()) {
      Positions positions = names.positions().get();
      made.put(positions.name(), moved(before, positions, undone.patches()));
    }
    return new Replaced(before, made);
  }

  /** The weight of the patch embedding, of as many filters as it has biases. */
  private float[] filters(Weights weights, Names names) throws WeightsException {
    float[] weight = floats(weights, names.weight());
    int patch = architecture.body().patch();
    int channels = architecture.preprocessing().statistics().channels();
    requireTensor(weights, names.bias());
    long filters = weights.shape(names.bias()).count();
    if (weight.length != filters * channels * patch * patch) {
      throw new WeightsException(
          weights.description(),
          "tensor %s has shape %s, expected [%d,%d,%d,%d]"
              .formatted(
                  names.weight(), weights.shape(names.weight()), filters, channels, patch, patch));
    }
    return weight;
  }

  /**
   * Columns of the patch embedding in the order and with the signs of the values behind the key.
   */
  private static float[] permuted(float[] weight, PatchMap map) {
    int length = map.values().length();
    float[] result = new float[weight.length];
    for (int row = 0; row < weight.length; row += length) {
      for (int value = 0; value < length; value++) {
        float column = weight[row + map.values().at(value)];
        result[row + value] = map.negated()[value] ? -column : column;
      }
    }
    return result;
  }

  /** Rows of the position embedding, after those before the patches, with the patches. */
  private static Tensor moved(Weights weights, Positions positions, Permutation patches)
      throws WeightsException {
    requireTensor(weights, positions.name());
    int prefix = positions.prefix();
    int[] rows = new int[prefix + patches.length()];
    Shape shape = weights.shape(positions.name());
    if (shape.rank() != 3 || shape.extent(1) != rows.length) {
      throw new WeightsException(
          weights.description(),
          "tensor %s has shape %s, expected [1,%d,width]"
              .formatted(positions.name(), shape, rows.length));
    }
    for (int row = 0; row < rows.length; row++) {
      rows[row] = row < prefix ? row : prefix + patches.at(row - prefix);
    }
    Tensor stored = weights.tensor(positions.name(), Device.CPU);
    return stored.gather(1, Tensor.ofInts(Device.CPU, Shape.of(rows.length), rows));
  }

  /** Takes the statistics into weight and bias, in double and in an order that no key changes. */
  private void fold(float[] weight, float[] bias) {
    PixelStatistics statistics = architecture.preprocessing().statistics();
    if (statistics.equals(halves())) {
      return;
    }
    int plane = architecture.body().patch() * architecture.body().patch();
    int length = plane * statistics.channels();
    for (int filter = 0; filter < bias.length; filter++) {
      double shifted = bias[filter];
      for (int value = 0; value < length; value++) {
        double mean = statistics.mean().get(value / plane);
        double deviation = statistics.deviation().get(value / plane);
        int at = filter * length + value;
        shifted += weight[at] * (HALF - mean) / deviation;
        weight[at] = (float) (weight[at] * HALF / deviation);
      }
      bias[filter] = (float) shifted;
    }
  }

  private static float[] floats(Weights weights, String name) throws WeightsException {
    requireTensor(weights, name);
    try (Scope _ = Scope.open("patch embedding")) {
      return weights.tensor(name, Device.CPU).cast(DType.F32).toFloats();
    }
  }

  private static void requireTensor(Weights weights, String name) throws WeightsException {
    if (!weights.names().contains(name)) {
      throw new WeightsException(weights.description(), "1 tensor(s) missing: " + name);
    }
  }

  /** Some tensors exchanged, the others as they were. */
  private record Replaced(Weights before, Map<String, Tensor> made) implements Weights {
    @Override
    public String description() {
      return before.description();
    }

    @Override
    public Set<String> names() {
      return before.names();
    }

    @Override
    public Shape shape(String name) {
      return before.shape(name);
    }

    @Override
    public Tensor tensor(String name, Device device) throws WeightsException {
      Tensor exchanged = made.get(name);
      return exchanged == null ? before.tensor(name, device) : exchanged.detach().to(device);
    }
  }

  /** For which architecture; never the key. */
  @Override
  public String toString() {
    return "ModelEncryption[" + architecture.name() + "]";
  }
}
