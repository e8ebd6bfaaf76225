package org.wardlock.data.shapes;

import org.wardlock.data.Split;
import org.wardlock.tensor.Philox;

/**
 * Draws the pictures of the data set {@code shapes}: a figure of random place, size, turn and
 * colour over a background that changes from corner to corner, among spots and strokes that mean
 * nothing, under a little noise. Lengths are meant for a picture 32 pixels wide and grow with it.
 *
 * <p>A picture is a function of (seed, split, number), in whole numbers and in double arithmetic
 * without library functions that may differ: its bytes are equal on every machine.
 */
public final class ShapePainter {
  /** "SHAP" in ASCII: keeps clear of what others draw random numbers for. One for each split. */
  private static final int PICTURE_PURPOSE = 0x5348_4150;

  private static final int NOISE_PURPOSE = PICTURE_PURPOSE + Split.values().length;

  private static final double DESIGN_SIZE = 32;

  /** How much lighter or darker than the background a figure is at least, of 255. */
  private static final int CONTRAST = 80;

  private static final int NOISE = 10;

  private static final Region SPOT = (u, v) -> u * u + v * v < 1;
  private static final Region STROKE = (u, v) -> Math.abs(u) < 0.98 && Math.abs(v) < 0.14;

  private final int size;
  private final long seed;
  private final Split split;

  /**
   * Draws pictures of one kind.
   *
   * @param size height and width in pixels
   */
  public ShapePainter(int size, long seed, Split split) {
    this.size = size;
    this.seed = seed;
    this.split = split;
  }

  /** Red, green and blue planes, each row by row, of one picture. */
  public byte[] draw(Figure figure, int number) {
    var draws = new Draws(new Philox(seed, PICTURE_PURPOSE + split.ordinal(), number));
    var canvas = new Canvas(size);
    Rgb background = colour(draws);
    paintBackground(canvas, background, draws);
    int spots = draws.between(3, 7);
    for (int i = 0; i < spots; i++) {
      canvas.paint(SPOT, anywhere(draws, 1.2, 2.6), clutter(background, draws));
    }
    int strokes = draws.between(2, 5);
    for (int i = 0; i < strokes; i++) {
      canvas.paint(STROKE, anywhere(draws, 3, 7), clutter(background, draws));
    }
    canvas.paint(figure, middle(draws), contrasting(background, draws));
    int strokesAbove = draws.between(0, 3);
    for (int i = 0; i < strokesAbove; i++) {
      canvas.paint(STROKE, anywhere(draws, 3, 6), clutter(background, draws));
    }
    canvas.addNoise(
        new Philox(seed, NOISE_PURPOSE + split.ordinal(), number), draws.between(2, NOISE + 1));
    return canvas.planes();
  }

  private void paintBackground(Canvas canvas, Rgb colour, Draws draws) {
    canvas.blend(
        colour.towards(colour(draws), 1, 4),
        colour.towards(colour(draws), 1, 4),
        colour.towards(colour(draws), 1, 4),
        colour.towards(colour(draws), 1, 4));
  }

  private Placement middle(Draws draws) {
    double radius = draws.between(9.0, 13.0);
    double room = 16 - radius + 1;
    return placed(16 + draws.between(-room, room), 16 + draws.between(-room, room), radius, draws);
  }

  private Placement anywhere(Draws draws, double minRadius, double maxRadius) {
    double radius = draws.between(minRadius, maxRadius);
    return placed(draws.between(0, DESIGN_SIZE), draws.between(0, DESIGN_SIZE), radius, draws);
  }

  private Placement placed(double x, double y, double radius, Draws draws) {
    double scale = size / DESIGN_SIZE;
    return Placement.turned(x * scale, y * scale, radius * scale, draws.between(0.0, 1.0));
  }

  private static Rgb colour(Draws draws) {
    return new Rgb(draws.between(0, 256), draws.between(0, 256), draws.between(0, 256));
  }

  private static Rgb clutter(Rgb background, Draws draws) {
    return background.towards(colour(draws), 1, 2);
  }

  private static Rgb contrasting(Rgb background, Draws draws) {
    while (true) {
      Rgb colour = colour(draws);
      if (Math.abs(colour.lightness() - background.lightness()) >= CONTRAST) {
        return colour;
      }
    }
  }
}
