package org.wardlock.attacks;

import java.util.Optional;

/**
 * What became of one picture.
 *
 * @param id of the picture
 * @param label its true class
 * @param cleanPrediction what the classifier took the clean picture for
 * @param prediction what it takes the returned image for, by a fresh look: the last one it had
 * @param brokenBy the name of the first attack that succeeded; empty if none did, or none was tried
 *     because the clean picture is wrong already
 * @param loss the value of the last tried attack's loss on its best image; empty if none was tried
 * @param norm of the change, in the threat's norm; 0 where nothing succeeded, since the clean
 *     picture is returned then
 * @param queries forward passes of the classifier that attacks took for this picture; looking at
 *     the clean picture and at what was found is not counted
 * @param gradients backward passes, likewise
 * @param okAt8Bit an attack succeeded, and still does with the picture rounded to 8 bits within the
 *     threat
 */
public record PictureOutcome(
    long id,
    int label,
    int cleanPrediction,
    int prediction,
    Optional<String> brokenBy,
    Optional<Double> loss,
    double norm,
    int queries,
    int gradients,
    boolean okAt8Bit) {

  /** A picture that was only looked at. */
  static PictureOutcome untouched(long id, int label, int prediction) {
    return new PictureOutcome(
        id, label, prediction, prediction, Optional.empty(), Optional.empty(), 0, 0, 0, false);
  }

  /** The same after another attack, as if it had found nothing. */
  PictureOutcome tried(double newLoss, int moreQueries, int moreGradients) {
    return new PictureOutcome(
        id,
        label,
        cleanPrediction,
        prediction,
        brokenBy,
        Optional.of(newLoss),
        norm,
        queries + moreQueries,
        gradients + moreGradients,
        okAt8Bit);
  }

  /** The same with what the attack has found. */
  PictureOutcome broken(String attack, int newPrediction, double newNorm, boolean newOkAt8Bit) {
    return new PictureOutcome(
        id,
        label,
        cleanPrediction,
        newPrediction,
        Optional.of(attack),
        loss,
        newNorm,
        queries,
        gradients,
        newOkAt8Bit);
  }

  /** Whether the clean picture is classified rightly. */
  public boolean isCleanRight() {
    return cleanPrediction == label;
  }

  /** Whether the picture is classified rightly and no attack changed that. */
  public boolean isRobust() {
    return isCleanRight() && brokenBy.isEmpty();
  }
}
