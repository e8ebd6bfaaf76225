package org.wardlock.attacks.extraction;

import java.io.IOException;
import org.wardlock.attacks.evaluation.PictureSource;
import org.wardlock.nn.Classifier;

/**
 * How alike two classifiers answer the same pictures.
 *
 * @param pictures that both were shown
 * @param agreed of which both say the same
 */
public record Fidelity(int pictures, int agreed) {
  /**
   * Shows pictures to both.
   *
   * @param batchSize at a time
   * @throws IOException if pictures cannot be read
   */
  public static Fidelity of(Classifier one, Classifier other, PictureSource source, int batchSize)
      throws IOException {
    return Predictions.of(one, source, batchSize)
        .agreement(Predictions.of(other, source, batchSize));
  }

  /** The part of 1 of which both say the same; 1 of no pictures. */
  public double share() {
    return pictures == 0 ? 1 : (double) agreed / pictures;
  }
}
