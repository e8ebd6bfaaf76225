package org.wardlock.bench.peers;

/** What came of a row beside one peer. */
sealed interface Finding {
  /** Whom we were measured beside. */
  Setup.Kind peer();

  /** The largest difference of the outcomes, over the largest magnitude. */
  double difference();

  /** What of that may be rounding. */
  double tolerance();

  /**
   * Both compute the same, and so were timed.
   *
   * @param seconds of one of our iterations, the median
   * @param peak of fma meanwhile, GFLOP/s, the median
   * @param best of the peer's ways
   * @param bestSeconds of one of its iterations, the median
   * @param ratio its time over ours, the median of pairs
   */
  record Measured(
      Setup.Kind peer,
      double difference,
      double tolerance,
      double seconds,
      double peak,
      Contestant best,
      double bestSeconds,
      double ratio)
      implements Finding {}

  /**
   * The peer computes something else, so its time means nothing.
   *
   * @param way in which it does
   */
  record Differs(Setup.Kind peer, double difference, double tolerance, Contestant way)
      implements Finding {}
}
