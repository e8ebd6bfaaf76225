package org.wardlock.attacks;

/**
 * What an attack is given to do.
 *
 * @param pictures none of which the classifier answers as the attack wants
 * @param seed all random choices are functions of this seed and the pictures' ids
 */
public record Task(Pictures pictures, Threat threat, long seed, Effort effort) {
  /** The same task, done to the end. */
  public Task toTheEnd() {
    return new Task(pictures, threat, seed, Effort.TO_THE_END);
  }
}
