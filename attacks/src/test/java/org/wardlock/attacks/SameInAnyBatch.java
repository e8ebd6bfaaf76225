package org.wardlock.attacks;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.wardlock.nn.Classifier;
import org.wardlock.tensor.Scope;

/** What an attack finds for a picture depends on that picture alone, to the last bit. */
public final class SameInAnyBatch {
  private SameInAnyBatch() {}

  /**
   * Compares a batch with parts of it in another order and with single pictures.
   *
   * @param pictures at least 12, of which the attack breaks some and leaves some
   */
  public static void require(
      Attack attack, Classifier classifier, Pictures pictures, Threat threat) {
    try (Scope _ = Scope.open("test")) {
      AttackResult all = attack.run(classifier, pictures, threat, 5);
      long broken = all.pictures().stream().filter(one -> one.brokenBy().isPresent()).count();
      assertTrue(
          broken > 0 && broken < pictures.count(), attack + ": " + broken + " broken shows little");
      float[][] images = Rows.toHost(all.images());
      for (int[] rows :
          List.of(new int[] {7, 3, 11, 0, 5}, new int[] {4}, new int[] {9}, new int[] {1})) {
        AttackResult some = attack.run(classifier, pictures.select(rows), threat, 5);
        float[][] found = Rows.toHost(some.images());
        for (int i = 0; i < rows.length; i++) {
          assertArrayEquals(images[rows[i]], found[i], attack + " picture " + rows[i]);
          assertEquals(all.pictures().get(rows[i]), some.pictures().get(i), attack.toString());
        }
      }
    }
  }
}
