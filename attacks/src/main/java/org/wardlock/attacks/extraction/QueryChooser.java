package org.wardlock.attacks.extraction;

/**
 * Which pictures of a pool a service is asked about, round by round. A function of what the chooser
 * was made with and of the answers it was told: made again and told the same, it chooses the same.
 */
interface QueryChooser extends AutoCloseable {
  /**
   * The next round.
   *
   * @return pictures by their indices in the pool, none of which came before; none when the pool is
   *     used up
   */
  int[] next();

  /** The answers about the last round, all of them, in its order. */
  void told(float[][] answers);

  /** Gives up what it holds. */
  @Override
  default void close() {}
}
