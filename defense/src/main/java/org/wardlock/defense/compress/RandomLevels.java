package org.wardlock.defense.compress;

import java.util.List;
import org.wardlock.nn.Chance;
import org.wardlock.nn.train.RandomTransform;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;
import org.wardlock.tensor.spi.Distribution;

/**
 * JPEG at a level that chance chooses for each picture: compression as augmentation ("noisy
 * training"). Which level a picture gets is a function of the seed and its stream. No gradient
 * flows through. Holds its tables on a device until it is closed.
 */
public final class RandomLevels implements RandomTransform, AutoCloseable {
  private static final int PURPOSE = 0x4C56_4C53;

  private final JpegTransform transform;
  private final StepTables tables;
  private final Tensor from;
  private final Tensor to;

  private RandomLevels(JpegTransform transform, StepTables tables, Tensor from, Tensor to) {
    this.transform = transform;
    this.tables = tables;
    this.from = from;
    this.to = to;
  }

  /**
   * Levels of which one is preferred.
   *
   * @param levels to choose from
   * @param own the preferred one's index
   * @param share of pictures that get any level, all equally likely; the others get their own. 0 to
   *     1
   * @param pictureShape channels (3), height, width
   * @param device where the pictures will lie
   */
  public static RandomLevels of(
      List<JpegTables> levels,
      int own,
      double share,
      Subsampling subsampling,
      Shape pictureShape,
      Device device) {
    if (!(share >= 0 && share <= 1)) {
      throw new IllegalArgumentException(
          "random levels: found a share of %s; expected 0 to 1".formatted(share));
    }
    int count = levels.size();
    var from = new float[count];
    var to = new float[count];
    double sum = 0;
    for (int level = 0; level < count; level++) {
      from[level] = (float) sum;
      sum += share / count + (level == own ? 1 - share : 0);
      to[level] = (float) sum;
    }
    // draws lie below 1, and every one has a level whatever sums were rounded to
    to[count - 1] = 1;
    return new RandomLevels(
        JpegTransform.of(levels.get(own), subsampling, pictureShape, device),
        new StepTables(device, levels),
        Tensor.of(device, Shape.of(count), from).unscoped(),
        Tensor.of(device, Shape.of(count), to).unscoped());
  }

  @Override
  public Tensor apply(Tensor images, Chance chance) {
    try (Scope _ = Scope.open("random levels")) {
      Tensor draws =
          Tensor.random(Distribution.UNIFORM, chance.seed(), PURPOSE, chance.streams(), 1)
              .reshape(images.shape().extent(0), 1);
      // one where a level's interval holds the draw: no number has to come to the host
      Tensor chosen = from.lessOrEqual(draws).subtract(to.lessOrEqual(draws));
      return transform
          .apply(images, chosen.matmul(tables.luminance()), chosen.matmul(tables.chrominance()))
          .keep();
    }
  }

  /** Gives up the tables; using the levels afterwards throws. */
  @Override
  public void close() {
    transform.close();
    tables.release();
    from.release();
    to.release();
  }
}
