package org.wardlock.attacks;

import java.util.List;
import java.util.function.Predicate;
import org.wardlock.tensor.Tensor;

/**
 * What became of a batch.
 *
 * @param images adversarial where an attack succeeded, elsewhere the clean pictures, bit for bit
 * @param pictures one outcome a row
 */
public record AttackResult(Tensor images, List<PictureOutcome> pictures) {
  /** The share of pictures that are classified rightly without attack. */
  public double cleanAccuracy() {
    return share(PictureOutcome::isCleanRight);
  }

  /**
   * The share of all pictures that are classified rightly and that no attack broke: pictures that
   * are wrong without attack count as broken.
   */
  public double robustAccuracy() {
    return share(PictureOutcome::isRobust);
  }

  private double share(Predicate<PictureOutcome> property) {
    return (double) pictures.stream().filter(property).count() / Math.max(1, pictures.size());
  }
}
