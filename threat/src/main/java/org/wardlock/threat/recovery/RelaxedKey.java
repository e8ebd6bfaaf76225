package org.wardlock.threat.recovery;

import java.util.Arrays;
import org.wardlock.defense.BlockLayout;
import org.wardlock.defense.KeySpec;
import org.wardlock.nn.Classifier;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/**
 * A key whose tables are real numbers, so that a loss has gradients towards them: value i of a
 * block becomes {@code y = sum_j mixing[i][j] x[j]}, and then {@code y + negation[i] (1 - 2 y)}.
 * With a permutation matrix and with zeros and ones it is the key itself.
 *
 * <p>Holds two tables on the device until it is closed.
 */
final class RelaxedKey implements AutoCloseable {
  private final Shape pictureShape;
  private final int length;
  private final Tensor toBlocks;
  private final Tensor fromBlocks;

  RelaxedKey(KeySpec spec, Shape pictureShape, Device device) {
    var layout =
        new BlockLayout(
            pictureShape.extent(0),
            pictureShape.extent(1),
            pictureShape.extent(2),
            spec.block(),
            spec.flattenOrder());
    this.pictureShape = pictureShape;
    length = layout.blockLength();
    var order = new int[layout.size()];
    var inverse = new int[layout.size()];
    for (int block = 0; block < layout.blocks(); block++) {
      for (int position = 0; position < length; position++) {
        int place = layout.index(block, position);
        order[block * length + position] = place;
        inverse[place] = block * length + position;
      }
    }
    try (Scope _ = Scope.open("relaxed key")) {
      toBlocks = Tensor.ofInts(device, Shape.of(order.length), order).unscoped();
      fromBlocks = Tensor.ofInts(device, Shape.of(order.length), inverse).unscoped();
    }
  }

  /**
   * The transformed pictures, differentiable towards both tables.
   *
   * @param images (N, channels, height, width)
   * @param mixing (L, L)
   * @param negation (L)
   */
  Tensor apply(Tensor images, Tensor mixing, Tensor negation) {
    int count = images.shape().extent(0);
    int size = Math.toIntExact(pictureShape.count());
    Tensor blocks =
        images.reshape(count, size).gather(1, toBlocks).reshape(count * size / length, length);
    return blocks
        .matmul(mixing.transpose())
        .multiplyAdd(negation.affine(-2, 1), negation)
        .reshape(count, size)
        .gather(1, fromBlocks)
        .reshape(count, pictureShape.extent(0), pictureShape.extent(1), pictureShape.extent(2));
  }

  /** The mean cross-entropy of a model on pictures transformed so: a scalar. */
  Tensor loss(Classifier model, Tensor images, int[] labels, Tensor mixing, Tensor negation) {
    Tensor targets =
        Tensor.ofInts(images.device(), Shape.of(labels.length), labels)
            .oneHot(model.classes(), 1, 0);
    return model.logits(apply(images, mixing, negation)).crossEntropy(targets).mean();
  }

  /** The permutation matrix of a guess: row i is one at the source of value i. */
  static float[] mixing(KeyTables tables) {
    int length = tables.length();
    var matrix = new float[length * length];
    for (int i = 0; i < length; i++) {
      matrix[i * length + tables.sources().at(i)] = 1;
    }
    return matrix;
  }

  /** One where a guess negates. */
  static float[] negation(KeyTables tables) {
    boolean[] negated = tables.negated();
    var vector = new float[negated.length];
    for (int i = 0; i < vector.length; i++) {
      vector[i] = negated[i] ? 1 : 0;
    }
    return vector;
  }

  /**
   * Row and column sums of one by turns (Sinkhorn 1964; Mena et al. 2018): the matrix between all
   * permutations that is nearest to the one that the logits ask for, the nearer the lower the
   * temperature.
   *
   * @param logits (L, L)
   * @param rounds of rows and then columns
   * @return (L, L), positive
   */
  static Tensor sinkhorn(Tensor logits, double temperature, int rounds) {
    Tensor logarithm = logits.multiply((float) (1 / temperature));
    for (int round = 0; round < rounds; round++) {
      logarithm = logarithm.logSoftmax().transpose().logSoftmax().transpose();
    }
    return logarithm.exp();
  }

  /**
   * The permutation with the largest sum of entries of a matrix.
   *
   * @param matrix (L, L), row by row
   */
  static int[] nearestPermutation(int length, float... matrix) {
    var costs = new double[length][length];
    for (int i = 0; i < length; i++) {
      int row = i * length;
      Arrays.setAll(costs[i], j -> -matrix[row + j]);
    }
    return Assignment.cheapest(costs).columns();
  }

  @Override
  public void close() {
    toBlocks.release();
    fromBlocks.release();
  }
}
