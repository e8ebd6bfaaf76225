package org.wardlock.attacks;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The smallest change that gives the wanted answer, one a picture, on the host: what attacks look
 * for that have no radius of their own. It counts as success where the threat permits it.
 */
public final class SmallestChanges {
  private final Pictures pictures;
  private final Threat threat;
  private final float[][] clean;
  private final float[][] images;
  private final double[] norms;
  private final boolean[] reached;

  /** Nothing found yet. */
  public SmallestChanges(Task task) {
    pictures = task.pictures();
    threat = task.threat();
    clean = Rows.toHost(pictures.images());
    images = clean.clone();
    norms = new double[clean.length];
    reached = new boolean[clean.length];
    Arrays.fill(norms, Double.POSITIVE_INFINITY);
  }

  /** Considers an image that gives the wanted answer; returns whether it is the smallest yet. */
  public boolean offer(int row, float[] image) {
    double norm = threat.norm().distance(clean[row], image);
    if (norm >= norms[row]) {
      return false;
    }
    norms[row] = norm;
    images[row] = image.clone();
    // smaller than what was permitted is permitted
    reached[row] |= threat.permits(clean[row], image);
    return true;
  }

  /** The threat's. */
  public Norm norm() {
    return threat.norm();
  }

  /** The values of a clean picture; they stay as they are. */
  public float[] clean(int row) {
    return clean[row];
  }

  /** The image of smallest change, the clean one if none was found; its values stay as they are. */
  public float[] image(int row) {
    return images[row];
  }

  /** The norm of the smallest change of a picture, infinite if none was found. */
  public double smallest(int row) {
    return norms[row];
  }

  /** Whether a change of a picture was found that the threat permits. */
  public boolean isReached(int row) {
    return reached[row];
  }

  /** The pictures without a change that the threat permits. */
  public int[] standing() {
    return IntStream.range(0, reached.length).filter(row -> !reached[row]).toArray();
  }

  /**
   * Clean where the threat permits nothing that was found; losses are norms with the sign turned.
   */
  public Candidates candidates() {
    float[][] permitted = new float[clean.length][];
    Arrays.setAll(permitted, row -> reached[row] ? images[row] : clean[row]);
    return new Candidates(
        Rows.toDevice(pictures.images().device(), pictures.images().shape().without(0), permitted),
        reached.clone(),
        Arrays.stream(norms).map(norm -> -norm).toArray());
  }
}
