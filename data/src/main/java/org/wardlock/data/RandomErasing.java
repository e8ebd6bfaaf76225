package org.wardlock.data;

import org.wardlock.tensor.Philox;

/**
 * Overwrites a rectangle of random area and aspect ratio with noise (Zhong et al. 2020), with the
 * ranges of torchvision's {@code RandomErasing}.
 *
 * @param probability with which a picture is changed at all, above 0, at most 1
 */
public record RandomErasing(double probability) {
  /** What timm's recipes use. */
  public static final RandomErasing STANDARD = new RandomErasing(0.25);

  private static final double MIN_AREA = 0.02;
  private static final double MAX_AREA = 0.33;
  private static final double MIN_RATIO = 0.3;
  private static final double MAX_RATIO = 3.3;
  private static final int TRIES = 10;

  /** Blocks of four words that the choice of the rectangle may take; noise follows. */
  private static final int CHOICE_BLOCKS = 4 * (TRIES + 1);

  /** Checks the probability. */
  public RandomErasing {
    if (!(probability > 0 && probability <= 1)) {
      throw new IllegalArgumentException(
          "random erasing: probability " + probability + ", expected above 0 and at most 1");
    }
  }

  /** Changes a picture that lies plane by plane, as a stream of random numbers says. */
  void apply(byte[] planes, int offset, PictureShape shape, Philox random) {
    if (random.uniform(0) >= probability) {
      return;
    }
    double area = (double) shape.width() * shape.height();
    double minLog = StrictMath.log(MIN_RATIO);
    double maxLog = StrictMath.log(MAX_RATIO);
    for (int attempt = 1; attempt <= TRIES; attempt++) {
      int word = 16 * attempt;
      double target = area * (MIN_AREA + (MAX_AREA - MIN_AREA) * random.uniform(word));
      double ratio = StrictMath.exp(minLog + (maxLog - minLog) * random.uniform(word + 1));
      int height = (int) Math.rint(Math.sqrt(target * ratio));
      int width = (int) Math.rint(Math.sqrt(target / ratio));
      if (height >= 1 && width >= 1 && height < shape.height() && width < shape.width()) {
        int block = word / 4;
        int top = random.below(shape.height() - height + 1, block + 1);
        int left = random.below(shape.width() - width + 1, block + 2);
        for (int plane = 0; plane < shape.channels(); plane++) {
          for (int row = top; row < top + height; row++) {
            int start = (plane * shape.height() + row) * shape.width() + left;
            noise(planes, offset, start, width, random);
          }
        }
        return;
      }
    }
  }

  /** Each value is a function of its place in the picture. */
  private static void noise(byte[] planes, int offset, int start, int count, Philox random) {
    for (int i = start; i < start + count; i++) {
      planes[offset + i] = (byte) (random.word(4L * CHOICE_BLOCKS + i) >>> 24);
    }
  }
}
