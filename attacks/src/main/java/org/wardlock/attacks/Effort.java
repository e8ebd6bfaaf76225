package org.wardlock.attacks;

/** When an attack leaves a picture alone. */
public enum Effort {
  /** As soon as it is broken: which pictures break is the same, and costs far less. */
  UNTIL_BROKEN,
  /**
   * When all iterations are done, with the picture of the highest loss among those that fool the
   * classifier, or among all if none does: for pictures that shall fool another classifier too. Of
   * FGSM, which has one, that.
   */
  TO_THE_END
}
