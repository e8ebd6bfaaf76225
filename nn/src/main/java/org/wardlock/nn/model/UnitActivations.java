package org.wardlock.nn.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.wardlock.tensor.Tensor;

/**
 * How strongly each unit answers to some pictures: the mean, over the pictures and over the
 * positions in each, of the answer's absolute value. Sums are made in double, picture by picture.
 */
public final class UnitActivations {
  private final List<UnitLayer> layers;
  private final List<double[]> sums = new ArrayList<>();
  private long pictures;

  /** Of no pictures yet. */
  public UnitActivations(Architecture architecture) {
    layers = architecture.body().unitLayers();
    layers.forEach(layer -> sums.add(new double[layer.units()]));
  }

  /** The layers whose units are measured. */
  public List<UnitLayer> layers() {
    return layers;
  }

  /** How many pictures have been added. */
  public long pictures() {
    return pictures;
  }

  /**
   * Adds a picture.
   *
   * @param measured what {@link ImageClassifier#unitActivations} found for a batch
   * @param row of the picture in it
   */
  public void add(Map<String, float[][]> measured, int row) {
    for (int i = 0; i < sums.size(); i++) {
      float[] found = measured.get(layers.get(i).name())[row];
      double[] sum = sums.get(i);
      for (int unit = 0; unit < sum.length; unit++) {
        sum[unit] += found[unit];
      }
    }
    pictures++;
  }

  /** Adds pictures that were measured apart, on a network of the same architecture. */
  public void add(UnitActivations others) {
    for (int i = 0; i < sums.size(); i++) {
      double[] sum = sums.get(i);
      double[] more = others.sums.get(i);
      for (int unit = 0; unit < sum.length; unit++) {
        sum[unit] += more[unit];
      }
    }
    pictures += others.pictures;
  }

  /**
   * The mean of each unit of a layer.
   *
   * @param layer its place among the layers
   * @throws IllegalStateException if there were no pictures
   */
  public double[] means(int layer) {
    if (pictures == 0) {
      throw new IllegalStateException("unit activations: no picture has been measured");
    }
    double[] means = sums.get(layer).clone();
    for (int unit = 0; unit < means.length; unit++) {
      means[unit] /= pictures;
    }
    return means;
  }

  /** Means over all axes but two: a row a picture, in it a number a unit. */
  static float[][] rows(Tensor activations, int unitAxis) {
    int rank = activations.shape().rank();
    int[] positions = new int[rank - 2];
    for (int axis = 1, at = 0; axis < rank; axis++) {
      if (axis != unitAxis) {
        positions[at++] = axis;
      }
    }
    int count = activations.shape().extent(0);
    int units = activations.shape().extent(unitAxis);
    float[] values = activations.abs().mean(positions).toFloats();
    float[][] rows = new float[count][units];
    for (int row = 0; row < count; row++) {
      System.arraycopy(values, row * units, rows[row], 0, units);
    }
    return rows;
  }
}
