package org.wardlock.attacks.score;

import org.wardlock.attacks.Norm;
import org.wardlock.attacks.Threat;
import org.wardlock.attacks.ball.PictureGeometry;
import org.wardlock.tensor.Shape;

/**
 * Tiles of {@link Bumps} at first; then one window gets such a pattern on top of what it has, and
 * another gives up its own change for it. In L2 the whole is stretched to the radius; in L1 it goes
 * to the nearest point of the ball within [0, 1].
 */
final class SmoothMoves implements Moves {
  private static final double TINY = 1e-12;
  private static final int TILES = 5;

  private final Norm norm;
  private final double radius;
  private final PictureGeometry geometry;
  private final float[] clean;
  private final int channels;
  private final int height;
  private final int width;
  private final SquareRandom random;
  private final Bumps bumps;

  SmoothMoves(Threat threat, Shape shape, float[] clean, SquareRandom random) {
    this.norm = threat.norm();
    this.radius = threat.radius().toDouble();
    this.geometry = PictureGeometry.of(threat);
    this.clean = clean;
    this.channels = shape.extent(0);
    this.height = shape.extent(1);
    this.width = shape.extent(2);
    this.random = random;
    this.bumps = new Bumps(norm);
  }

  @Override
  public float[] start() {
    double[] change = new double[clean.length];
    int side = Math.max(1, Math.min(height, width) / TILES);
    int margin = Math.max(0, (height - side * TILES) / 2);
    int tile = 0;
    for (int top = margin; top + side <= height; top += side) {
      for (int left = margin; left + side <= width; left += side) {
        int choices = tile * (channels + 1);
        double[] bump = bumps.of(side, random.startSign(choices + channels) > 0);
        for (int channel = 0; channel < channels; channel++) {
          int sign = random.startSign(choices + channel);
          for (int i = 0; i < bump.length; i++) {
            change[at(channel, top + i / side, left + i % side)] = sign * bump[i];
          }
        }
        tile++;
      }
    }
    return stretched(change, true);
  }

  @Override
  public float[] propose(float[] best, int query) {
    int side = WindowSchedule.oddSide(query, height, width);
    int top = random.corner(query, 0, height, side);
    int left = random.corner(query, 1, width, side);
    int otherTop = random.corner(query, 2, height, side);
    int otherLeft = random.corner(query, 3, width, side);
    double[] change = new double[clean.length];
    for (int i = 0; i < change.length; i++) {
      change[i] = (double) best[i] - clean[i];
    }
    double length = norm.distance(clean, best);
    double spare = norm == Norm.L2 ? radius * radius - length * length : radius - length;
    double[] bump = bumps.of(side, random.sign(query, channels, channels + 1) > 0);
    double[] pattern = new double[side * side];
    for (int channel = 0; channel < channels; channel++) {
      int sign = random.sign(query, channel, channels + 1);
      double own = 0;
      for (int i = 0; i < pattern.length; i++) {
        own += power(change[at(channel, top + i / side, left + i % side)]);
      }
      double both = own;
      for (int i = 0; i < pattern.length; i++) {
        int row = otherTop + i / side;
        int column = otherLeft + i % side;
        boolean shared = row >= top && row < top + side && column >= left && column < left + side;
        both += shared ? 0 : power(change[at(channel, row, column)]);
      }
      double made = 0;
      for (int i = 0; i < pattern.length; i++) {
        double before = change[at(channel, top + i / side, left + i % side)];
        pattern[i] = sign * bump[i] + before / (TINY + root(own));
        made += power(pattern[i]);
      }
      double scale = root(Math.max(spare, 0) / channels + both) / (TINY + root(made));
      for (int i = 0; i < pattern.length; i++) {
        change[at(channel, otherTop + i / side, otherLeft + i % side)] = 0;
      }
      for (int i = 0; i < pattern.length; i++) {
        change[at(channel, top + i / side, left + i % side)] = scale * pattern[i];
      }
    }
    return stretched(change, norm == Norm.L2);
  }

  private int at(int channel, int row, int column) {
    return (channel * height + row) * width + column;
  }

  private double power(double value) {
    return norm == Norm.L2 ? value * value : Math.abs(value);
  }

  private double root(double sum) {
    return norm == Norm.L2 ? Math.sqrt(sum) : sum;
  }

  /** The clean picture with a change, brought into the ball. */
  private float[] stretched(double[] change, boolean toTheRadius) {
    double scale = 1;
    if (toTheRadius) {
      double sum = 0;
      for (double part : change) {
        sum += power(part);
      }
      scale = radius / (TINY + root(sum));
    }
    float[] image = new float[clean.length];
    for (int i = 0; i < image.length; i++) {
      image[i] = (float) (clean[i] + scale * change[i]);
    }
    geometry.project(clean, image);
    return image;
  }
}
