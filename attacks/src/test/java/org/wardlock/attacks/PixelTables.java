package org.wardlock.attacks;

import java.util.Random;
import java.util.function.UnaryOperator;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/** Two tables of the 256 values of a pixel, for every other place, as a key draws them. */
public final class PixelTables implements UnaryOperator<Tensor> {
  private static final int LEVELS = 256;

  private final float[][] tables = new float[2][];

  /**
   * Random tables with values in [0, 1].
   *
   * @param disorder from 0, where they leave values as they are, to 1, where they know no order
   */
  public PixelTables(Random random, float disorder) {
    for (int i = 0; i < tables.length; i++) {
      tables[i] = Testing.uniform(random, LEVELS, 0, disorder);
      for (int level = 0; level < LEVELS; level++) {
        tables[i][level] += (1 - disorder) * level / (LEVELS - 1);
      }
    }
  }

  /** What becomes of a value at a place of the picture. */
  public float at(int place, float value) {
    return tables[place % 2][(int) (value * (LEVELS - 1))];
  }

  @Override
  public Tensor apply(Tensor images) {
    Shape shape = images.shape();
    float[] values = images.toFloats();
    int size = values.length / shape.extent(0);
    for (int i = 0; i < values.length; i++) {
      values[i] = at(i % size, values[i]);
    }
    return Tensor.of(images.device(), shape, values);
  }
}
