package org.wardlock.attacks.extraction;

/** What a service tells of a picture. */
public enum Answers {
  /** A probability for each class. */
  PROBABILITIES,
  /** The likeliest class and nothing else. */
  LABELS
}
