package org.wardlock.defense;

/**
 * Draws the tables of a key's transforms from its secret: one implementation for each derivation.
 */
sealed interface TableSource permits SecureTables, PublishedTables, PublishedBlockTables {

  /** The permutation of a block of this many values. */
  Permutation permutation(int length);

  /** The positions of a block of this many values that a step of this kind changes. */
  boolean[] mask(TransformKind kind, int length);

  /** For each 8-bit value its code, distinct numbers of 0..999. */
  int[] codeTable();

  /** The permutation of this many blocks. */
  Permutation places(int blocks);

  /** The permutation of so many things that a step of this kind has for one block alone. */
  Permutation permutation(TransformKind kind, BlockPosition position, int length);

  /** The positions of one block of this many values that a step of this kind changes. */
  boolean[] mask(TransformKind kind, BlockPosition position, int length);

  /** The number of 0..bound-1 that a step of this kind has for one block alone. */
  int choice(TransformKind kind, BlockPosition position, int bound);
}
