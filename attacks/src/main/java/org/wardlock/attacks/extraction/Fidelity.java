package org.wardlock.attacks.extraction;

import java.io.IOException;
import org.wardlock.attacks.Pictures;
import org.wardlock.attacks.evaluation.PictureSource;
import org.wardlock.nn.Classifier;
import org.wardlock.tensor.NoGrad;
import org.wardlock.tensor.Scope;

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
    int agreed = 0;
    for (int start = 0; start < source.count(); start += batchSize) {
      int end = Math.min(start + batchSize, source.count());
      try (NoGrad _ = NoGrad.enter();
          Scope _ = Scope.open("fidelity")) {
        Pictures batch = source.pictures(start, end);
        int[] first = one.logits(batch.images()).argMax().toInts();
        int[] second = other.logits(batch.images()).argMax().toInts();
        for (int i = 0; i < first.length; i++) {
          agreed += first[i] == second[i] ? 1 : 0;
        }
      }
    }
    return new Fidelity(source.count(), agreed);
  }

  /** The part of 1 of which both say the same; 1 of no pictures. */
  public double share() {
    return pictures == 0 ? 1 : (double) agreed / pictures;
  }
}
