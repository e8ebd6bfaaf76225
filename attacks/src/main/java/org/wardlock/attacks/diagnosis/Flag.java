package org.wardlock.attacks.diagnosis;

/**
 * A sign that figures of an evaluation may be too good.
 *
 * @param name letters and dashes, for programs
 * @param seen what was seen, with numbers
 * @param next what to run, or to change, next
 */
public record Flag(String name, String seen, String next) {
  /** All of it, on a line. */
  @Override
  public String toString() {
    return name + ": " + seen + "; " + next;
  }
}
