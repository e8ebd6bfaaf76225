package org.wardlock.threat.recovery;

import org.wardlock.attacks.Passes;

/**
 * A way to look for the key of a model whose weights one has, by how well guesses fit labelled
 * pictures. A search is a value: it holds settings and nothing else, and what it finds is a
 * function of them, the model and the pictures, to the last bit.
 */
public interface KeySearch {
  /** For reports. */
  String name();

  /**
   * The most work it takes.
   *
   * @param start where it would begin
   * @param pictures by which guesses are judged
   */
  Passes cost(KeyTables start, int pictures);

  /**
   * Looks for the key.
   *
   * @param start a first guess, which says what kind of key is looked for; a search that was
   *     stopped goes on from the guess it had reached
   * @return the best guess it saw
   */
  KeyEstimate search(GuessJudge judge, KeyTables start);
}
