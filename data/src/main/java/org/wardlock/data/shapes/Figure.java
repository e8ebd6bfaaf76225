package org.wardlock.data.shapes;

/**
 * What the pictures show; a label is a figure's ordinal. Each lies inside the unit circle and is
 * told from the others by structure a quarter to a half of its width across, so that a model that
 * sees small patches of pixels at a time can still do it.
 */
public enum Figure implements Region {
  /** A filled circle. */
  DISC {
    @Override
    public boolean contains(double u, double v) {
      return u * u + v * v < 0.85 * 0.85;
    }
  },
  /** A circle with a hole half as wide. */
  RING {
    @Override
    public boolean contains(double u, double v) {
      double square = u * u + v * v;
      return square < 0.95 * 0.95 && square > 0.5 * 0.5;
    }
  },
  /** A filled square. */
  SQUARE {
    @Override
    public boolean contains(double u, double v) {
      return Math.abs(u) < 0.7 && Math.abs(v) < 0.7;
    }
  },
  /** A filled triangle of three equal sides. */
  TRIANGLE {
    @Override
    public boolean contains(double u, double v) {
      return v > -0.5 && HALF_ROOT_3 * u + 0.5 * v < 0.5 && -HALF_ROOT_3 * u + 0.5 * v < 0.5;
    }
  },
  /** A filled star of five points. */
  STAR {
    @Override
    public boolean contains(double u, double v) {
      // the five lines of a pentagram: its points lie beyond one of them at most
      int beyond = 0;
      for (int line = 0; line < 5; line++) {
        if (PENTAGON_COS[line] * u + PENTAGON_SIN[line] * v > PENTAGRAM_DISTANCE) {
          beyond++;
        }
      }
      return beyond <= 1;
    }
  },
  /** Two strokes that cross. */
  CROSS {
    @Override
    public boolean contains(double u, double v) {
      double x = Math.abs(u);
      double y = Math.abs(v);
      return Math.min(x, y) < 0.22 && Math.max(x, y) < 0.95;
    }
  },
  /** One stroke that goes up and down twice. */
  ZIGZAG {
    @Override
    public boolean contains(double u, double v) {
      double phase = Math.abs(u) - 0.45;
      double middle = 1.6 * Math.abs(phase) - 0.36;
      return Math.abs(u) < 0.9 && Math.abs(v - middle) < 0.3;
    }
  },
  /** A round patch of parallel stripes. */
  STRIPES {
    @Override
    public boolean contains(double u, double v) {
      return u * u + v * v < 1 && isOdd(u / 0.3);
    }
  },
  /** A round patch of a chessboard. */
  CHECKS {
    @Override
    public boolean contains(double u, double v) {
      return u * u + v * v < 1 && isOdd(u / 0.42) != isOdd(v / 0.42);
    }
  },
  /** A round patch of dots on a square grid. */
  DOTS {
    @Override
    public boolean contains(double u, double v) {
      double x = u / 0.62 - Math.rint(u / 0.62);
      double y = v / 0.62 - Math.rint(v / 0.62);
      return u * u + v * v < 0.9 && x * x + y * y < 0.33 * 0.33;
    }
  };

  private static final double HALF_ROOT_3 = Math.sqrt(3) / 2;
  private static final double[] PENTAGON_COS = new double[5];
  private static final double[] PENTAGON_SIN = new double[5];
  private static final double PENTAGRAM_DISTANCE = StrictMath.cos(2 * StrictMath.PI / 5);

  static {
    for (int line = 0; line < 5; line++) {
      PENTAGON_COS[line] = StrictMath.cos(2 * StrictMath.PI * line / 5);
      PENTAGON_SIN[line] = StrictMath.sin(2 * StrictMath.PI * line / 5);
    }
  }

  private static boolean isOdd(double stripe) {
    return ((int) Math.floor(stripe) & 1) == 1;
  }
}
