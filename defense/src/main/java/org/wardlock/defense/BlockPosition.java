package org.wardlock.defense;

/**
 * Where in a picture a block lies, counted in blocks from the top left. What a secure key draws for
 * a position does not depend on the size of the picture.
 *
 * @param row from 0
 * @param column from 0
 */
record BlockPosition(int row, int column) {
  /** As it enters the derivation. */
  String text() {
    // no format with %d, which would follow the locale's digits
    return row + "," + column;
  }
}
