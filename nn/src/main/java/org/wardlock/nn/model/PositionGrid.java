package org.wardlock.nn.model;

import java.util.Arrays;
import java.util.Set;
import org.wardlock.data.image.Interpolation;
import org.wardlock.nn.weights.Weights;
import org.wardlock.nn.weights.WeightsException;
import org.wardlock.tensor.DType;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/**
 * The position embedding of a transformer, (1, prefix + patches, width): one vector for each token
 * before the patches that has a position, such as the class token, then one for each patch, row by
 * row. It is a picture of what was learnt about places, and is resized like one for pictures of
 * another size: bicubic with antialiasing, as timm does ({@code resample_abs_pos_embed}).
 */
final class PositionGrid {
  /** timm's name of it. */
  static final String NAME = "pos_embed";

  private PositionGrid() {}

  /**
   * The same weights, with positions for a grid of another side.
   *
   * @param prefix how many vectors stand before the grid; they stay as they are
   * @param side of the grid that is wanted, in patches
   * @return what was given if it has that side, or no square grid behind so many vectors at all
   * @throws WeightsException if they cannot be read
   */
  static Weights resampled(Weights stored, int prefix, int side) throws WeightsException {
    if (!stored.names().contains(NAME)) {
      return stored;
    }
    Shape shape = stored.shape(NAME);
    int oldSide = shape.rank() == 3 ? (int) Math.sqrt(shape.extent(1) - prefix) : 0;
    if (oldSide < 1 || oldSide == side || prefix + oldSide * oldSide != shape.extent(1)) {
      return stored;
    }
    return new Weights() {
      @Override
      public String description() {
        return stored.description();
      }

      @Override
      public Set<String> names() {
        return stored.names();
      }

      @Override
      public Shape shape(String name) {
        return name.equals(NAME)
            ? Shape.of(1, prefix + side * side, shape.extent(2))
            : stored.shape(name);
      }

      @Override
      public Tensor tensor(String name, Device device) throws WeightsException {
        return name.equals(NAME)
            ? resized(stored.tensor(name, device), prefix, oldSide, side)
            : stored.tensor(name, device);
      }
    };
  }

  private static Tensor resized(Tensor positions, int prefix, int oldSide, int side) {
    int dim = positions.shape().extent(2);
    float[] old = positions.cast(DType.F32).toFloats();
    float[] resized = Arrays.copyOf(old, (prefix + side * side) * dim);
    double[] sums = new double[dim];
    for (int place = 0; place < side * side; place++) {
      Interpolation.Sources rows = Interpolation.BICUBIC.sources(oldSide, side, place / side);
      Interpolation.Sources columns = Interpolation.BICUBIC.sources(oldSide, side, place % side);
      Arrays.fill(sums, 0);
      for (int row = 0; row < rows.weights().length; row++) {
        for (int column = 0; column < columns.weights().length; column++) {
          double weight = rows.weights()[row] * columns.weights()[column];
          int source = prefix + (rows.start() + row) * oldSide + columns.start() + column;
          for (int i = 0; i < dim; i++) {
            sums[i] += weight * old[source * dim + i];
          }
        }
      }
      for (int i = 0; i < dim; i++) {
        resized[(prefix + place) * dim + i] = (float) sums[i];
      }
    }
    return Tensor.of(positions.device(), Shape.of(1, prefix + side * side, dim), resized);
  }
}
