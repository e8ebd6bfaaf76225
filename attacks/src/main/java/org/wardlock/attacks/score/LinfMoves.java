package org.wardlock.attacks.score;

import org.wardlock.attacks.Rational;
import org.wardlock.attacks.ball.LinfBounds;
import org.wardlock.tensor.Shape;

/** Stripes at first; then windows in which each channel goes to an end of what is permitted. */
final class LinfMoves implements Moves {
  private final float[] low;
  private final float[] high;
  private final int channels;
  private final int height;
  private final int width;
  private final SquareRandom random;

  LinfMoves(Rational radius, Shape shape, float[] clean, SquareRandom random) {
    this.channels = shape.extent(0);
    this.height = shape.extent(1);
    this.width = shape.extent(2);
    this.random = random;
    low = new float[clean.length];
    high = new float[clean.length];
    for (int i = 0; i < clean.length; i++) {
      low[i] = LinfBounds.low(clean[i], radius);
      high[i] = LinfBounds.high(clean[i], radius);
    }
  }

  @Override
  public float[] start() {
    float[] image = new float[low.length];
    for (int i = 0; i < image.length; i++) {
      int channel = i / (height * width);
      image[i] = random.startSign(channel * width + i % width) > 0 ? high[i] : low[i];
    }
    return image;
  }

  @Override
  public float[] propose(float[] best, int query) {
    int side = WindowSchedule.side(query, height, width);
    int top = random.corner(query, 0, height, side);
    int left = random.corner(query, 1, width, side);
    float[] image = best.clone();
    for (int channel = 0; channel < channels; channel++) {
      float[] end = random.sign(query, channel, channels) > 0 ? high : low;
      for (int row = top; row < top + side; row++) {
        int at = (channel * height + row) * width + left;
        System.arraycopy(end, at, image, at, side);
      }
    }
    return image;
  }
}
