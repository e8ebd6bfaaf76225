package org.wardlock.data.shapes;

/**
 * A colour.
 *
 * @param red from 0 to 255
 * @param green from 0 to 255
 * @param blue from 0 to 255
 */
record Rgb(int red, int green, int blue) {

  /** How light it looks, from 0 to 255, by the usual weights of 30, 59 and 11 in a hundred. */
  int lightness() {
    return (30 * red + 59 * green + 11 * blue) / 100;
  }

  /** On the way to another colour: at {@code part} of {@code whole} steps. */
  Rgb towards(Rgb other, int part, int whole) {
    return new Rgb(
        mix(red, other.red, part, whole),
        mix(green, other.green, part, whole),
        mix(blue, other.blue, part, whole));
  }

  private static int mix(int from, int to, int part, int whole) {
    return (from * (whole - part) + to * part + whole / 2) / whole;
  }
}
