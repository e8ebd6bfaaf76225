package org.wardlock.threat;

import org.wardlock.attacks.Passes;

/**
 * The most work that a row takes, known before it starts.
 *
 * @param once to make ready
 * @param perPicture for each picture that is attacked
 */
public record RowCost(Passes once, Passes perPicture) {
  /** The whole, for a number of pictures. */
  public Passes of(int pictures) {
    return once.plus(perPicture.times(pictures));
  }
}
