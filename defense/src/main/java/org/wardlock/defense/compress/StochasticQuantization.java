package org.wardlock.defense.compress;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Philox;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/**
 * Stochastic local quantisation (Das et al., SHIELD, KDD 2018): every 8 by 8 block of a picture is
 * compressed at a JPEG quality that chance chooses. Colour is sampled as finely as brightness, so
 * that a block of it belongs to a block of pixels.
 *
 * <p>The choice is another whenever a picture is looked at, and so is the result. The n-th batch
 * that an object is given gets the n-th choices of its seed. Whoever foretells these has no defence
 * before him: a deployed one gets a secret seed.
 */
public final class StochasticQuantization implements Compression {
  /** The qualities of the paper. */
  public static final List<Integer> QUALITIES = List.of(20, 40, 60, 80);

  private static final int PURPOSE = 0x534C51;

  private final List<Integer> qualities;
  private final long seed;
  private final AtomicLong batches = new AtomicLong();
  private final JpegTransform transform;
  private final StepTables tables;
  private final Device device;
  private final int blocks;

  private StochasticQuantization(
      List<Integer> qualities, long seed, JpegTransform transform, int blocks, Device device) {
    this.qualities = List.copyOf(qualities);
    this.seed = seed;
    this.transform = transform;
    this.blocks = blocks;
    this.device = device;
    this.tables = new StepTables(device, this.qualities.stream().map(JpegTables::quality).toList());
  }

  /**
   * Without a gradient.
   *
   * @param qualities to choose from, all equally likely
   * @param seed of the choices
   * @param pictureShape channels (3), height, width
   * @param device where the pictures will lie
   */
  public static StochasticQuantization of(
      List<Integer> qualities, long seed, Shape pictureShape, Device device) {
    if (qualities.isEmpty()) {
      throw new IllegalArgumentException(
          "stochastic quantisation: found no quality; expected at least one");
    }
    JpegTransform transform =
        JpegTransform.of(
            JpegTables.quality(qualities.getFirst()), Subsampling.NONE, pictureShape, device);
    int unit = Subsampling.NONE.unit();
    int blocks =
        Math.ceilDiv(pictureShape.extent(1), unit) * Math.ceilDiv(pictureShape.extent(2), unit);
    return new StochasticQuantization(qualities, seed, transform, blocks, device);
  }

  /** With the choices of the same seed, from the first. */
  @Override
  public StochasticQuantization withGradient(RoundingGradient gradient) {
    return new StochasticQuantization(
        qualities, seed, transform.withGradient(gradient), blocks, device);
  }

  @Override
  public boolean isDifferentiable() {
    return transform.isDifferentiable();
  }

  @Override
  public boolean isDeterministic() {
    return false;
  }

  @Override
  public Tensor apply(Tensor images) {
    int[] chosen = choose(images.shape().extent(0) * blocks);
    try (Scope _ = Scope.open("stochastic quantisation")) {
      Tensor index = Tensor.ofInts(device, Shape.of(chosen.length), chosen);
      return transform
          .apply(images, tables.luminance().gather(0, index), tables.chrominance().gather(0, index))
          .keep();
    }
  }

  private int[] choose(int count) {
    var random = new Philox(seed, PURPOSE, batches.getAndIncrement());
    var chosen = new int[count];
    for (int i = 0; i < count; i++) {
      chosen[i] = random.below(qualities.size(), i);
    }
    return chosen;
  }

  @Override
  public void close() {
    tables.release();
    transform.close();
  }

  /** Without the seed, which may be a secret. */
  @Override
  public String toString() {
    return "StochasticQuantization[qualities=%s %s]".formatted(qualities, transform);
  }
}
