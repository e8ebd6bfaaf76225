package org.wardlock.nn.model;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.wardlock.nn.weights.Weights;
import org.wardlock.nn.weights.WeightsException;
import org.wardlock.tensor.DType;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/**
 * Which units of a network are pruned: a bit each. Masking is exact: the network computes what it
 * would if those units answered 0, by its usual forward pass, so that gradients are true ones, too.
 */
public final class UnitMask {
  private final List<UnitLayer> layers;
  private final List<BitSet> pruned;

  private UnitMask(List<UnitLayer> layers, List<BitSet> pruned) {
    this.layers = layers;
    this.pruned = pruned;
  }

  /**
   * Prunes in each layer the units that answer least.
   *
   * @param fraction of a layer's units, from 0 to below 1; rounded to whole units, and one is
   *     always left. Of equals the first go
   */
  public static UnitMask lowest(UnitActivations activations, double fraction) {
    if (!(fraction >= 0 && fraction < 1)) {
      throw new IllegalArgumentException(
          "pruned fraction " + fraction + ", expected from 0 to below 1");
    }
    var pruned = new ArrayList<BitSet>();
    for (int i = 0; i < activations.layers().size(); i++) {
      double[] means = activations.means(i);
      var bits = new BitSet();
      IntStream.range(0, means.length)
          .boxed()
          .sorted((a, b) -> Double.compare(means[a], means[b])) // stable: equals keep their order
          .limit(Math.min(Math.round(fraction * means.length), means.length - 1))
          .forEach(bits::set);
      pruned.add(bits);
    }
    return new UnitMask(activations.layers(), pruned);
  }

  /**
   * The mask that {@link #toBytes} wrote.
   *
   * @throws IllegalArgumentException if it is none of this architecture
   */
  public static UnitMask ofBytes(Architecture architecture, byte... bytes) {
    List<UnitLayer> layers = architecture.body().unitLayers();
    int units = layers.stream().mapToInt(UnitLayer::units).sum();
    BitSet all = BitSet.valueOf(bytes);
    if (bytes.length != bytes(units) || all.length() > units) {
      throw new IllegalArgumentException(
          "mask of %d bytes, expected %d for the %d units of %s"
              .formatted(bytes.length, bytes(units), units, architecture.name()));
    }
    var pruned = new ArrayList<BitSet>();
    int start = 0;
    for (UnitLayer layer : layers) {
      pruned.add(all.get(start, start + layer.units()));
      start += layer.units();
    }
    return new UnitMask(layers, pruned);
  }

  private static int bytes(int units) {
    return Math.ceilDiv(units, Byte.SIZE);
  }

  /** A bit a unit, layer after layer, the lowest of a byte first; 1 where it is pruned. */
  public byte[] toBytes() {
    var all = new BitSet();
    int start = 0;
    for (int i = 0; i < layers.size(); i++) {
      int first = start;
      pruned.get(i).stream().forEach(unit -> all.set(first + unit));
      start += layers.get(i).units();
    }
    byte[] bytes = new byte[bytes(start)];
    byte[] used = all.toByteArray(); // ends with the last bit that is set
    System.arraycopy(used, 0, bytes, 0, used.length);
    return bytes;
  }

  /** How many units are pruned. */
  public int pruned() {
    return pruned.stream().mapToInt(BitSet::cardinality).sum();
  }

  /** How many units there are. */
  public int units() {
    return layers.stream().mapToInt(UnitLayer::units).sum();
  }

  /** Whether a unit of a layer is pruned. */
  public boolean isPruned(int layer, int unit) {
    return pruned.get(layer).get(unit);
  }

  /**
   * The tensors in which a masked network differs from the network, in the current scope.
   *
   * @param network its weights, or those of one that was trained on
   */
  public Weights of(Weights network, Device device) throws WeightsException {
    var masked = new LinkedHashMap<String, Tensor>();
    for (Map.Entry<String, Tensor> factor : factors(device).entrySet()) {
      Tensor weight = network.tensor(factor.getKey(), device).cast(DType.F32);
      masked.put(factor.getKey(), weight.multiply(factor.getValue()));
    }
    return Weights.of("masked " + network.description(), masked);
  }

  /**
   * What parameters are multiplied by to be masked, by name, in the current scope: 1 where they
   * stay, 0 where they belong to a pruned unit; to be broadcast. Whoever trains a masked network
   * multiplies by them after each step.
   */
  public Map<String, Tensor> factors(Device device) {
    var factors = new LinkedHashMap<String, Tensor>();
    for (int i = 0; i < layers.size(); i++) {
      BitSet gone = pruned.get(i);
      float[] kept = new float[layers.get(i).units()];
      for (int unit = 0; unit < kept.length; unit++) {
        kept[unit] = gone.get(unit) ? 0 : 1;
      }
      for (UnitLayer.Slice slice : layers.get(i).slices()) {
        Shape shape = slice.axis() == 0 ? Shape.of(kept.length) : Shape.of(1, kept.length);
        factors.put(slice.parameter(), Tensor.of(device, shape, kept));
      }
    }
    return factors;
  }

  /** Whether the same units of the same layers are pruned. */
  @Override
  public boolean equals(Object other) {
    return other instanceof UnitMask mask
        && layers.equals(mask.layers)
        && pruned.equals(mask.pruned);
  }

  @Override
  public int hashCode() {
    return 31 * layers.hashCode() + pruned.hashCode();
  }

  @Override
  public String toString() {
    return "mask of %d of %d units".formatted(pruned(), units());
  }
}
