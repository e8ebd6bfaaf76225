package org.wardlock.attacks;

/**
 * What attacks draw random numbers for. Each use has sequences of numbers of its own; new uses go
 * to the end, so that old ones keep theirs.
 */
public enum AttackPurpose {
  /** The class that a picture shall be taken for; the stream is its id. */
  TARGETS,
  /** Where PGD starts; the stream is picture and restart. */
  PGD_START,
  /** Where APGD starts; the stream is picture and run. */
  APGD_START,
  /** Where FAB starts again; the stream is picture and run. */
  FAB_START,
  /** The picture that the Square attack starts from; the stream is picture and restart. */
  SQUARE_START,
  /** Where the windows of the Square attack lie; the stream is picture and restart. */
  SQUARE_WINDOWS,
  /** Which way the Square attack moves its windows; the stream is picture and restart. */
  SQUARE_SIGNS,
  /** How input diversity shows a picture; the stream is its id. */
  INPUT_DIVERSITY,
  /** In which order SimBA tries values; the stream is picture and restart. */
  SIMBA_ORDER,
  /** Points of the random baseline; the stream is picture and trial. */
  RANDOM_POINTS,
  /** Directions in which NES and SPSA look; the stream is picture and look. */
  LOOKS,
  /** Where the lattice attack starts; the stream is picture and restart. */
  LATTICE_START,
  /** Which guides feature mimicry takes; the stream is the picture's id. */
  GUIDES,
  /** Pictures that attacks by decisions start from; the stream is picture and trial. */
  DECISION_START,
  /** Directions in which HopSkipJump looks; the stream is picture and look. */
  HOPS,
  /** Which way the boundary attack steps; the stream is picture and step. */
  BOUNDARY_STEPS,
  /** Noise around pictures, for how firm answers are; the stream is picture and look. */
  NOISE,
  /** Points that the binarisation test tells apart; the stream is picture and point. */
  BINARISATION,
  /** The order in which a thief asks about pictures; the stream is a group of them. */
  QUERY_ORDER,
  /** From which group of pictures a thief takes the next; the stream is 0. */
  QUERY_GROUP,
  /** Around which pictures groups form; the stream is 0. */
  GROUP_CENTRES,
  /** Which of the pictures of a class a thief learns from; the stream is the class. */
  REPLICAS,
  /** Which pictures mimic which others; the stream is the pair. */
  MIMIC_PAIRS,
  /** Noise that fingerprints of teachers are made from; the stream is the picture. */
  FINGERPRINT;

  /** Leaves the numbers below to other packages: "ATTK" in ASCII, then this use's place. */
  private static final int BASE = 0x4154_544B;

  /** The number that the generator knows this use by. */
  public int number() {
    return BASE + ordinal();
  }
}
