package org.wardlock.cli.report;

import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Locale;
import org.wardlock.cli.report.HtmlPage.Figure;
import org.wardlock.cli.report.HtmlPage.Picture;

/** A clean picture, the adversarial one, and how they differ, side by side. */
public final class Strips {
  private Strips() {}

  /**
   * A picture's three faces.
   *
   * @param clean (channels, height, width), values from 0 to 1
   * @param adversarial likewise
   * @param height of both
   * @param width of both
   * @param amplification how many times larger than it is the difference is drawn, around grey
   */
  public static Figure of(
      float[] clean,
      float[] adversarial,
      int height,
      int width,
      double amplification,
      String caption) {
    float[] difference = new float[clean.length];
    for (int i = 0; i < difference.length; i++) {
      double change = ((double) adversarial[i] - clean[i]) * amplification;
      difference[i] = (float) Math.clamp(0.5 + change, 0, 1);
    }
    String times = times(amplification);
    return new Figure(
        List.of(
            new Picture(image(clean, height, width), "clean", "Clean picture: " + caption),
            new Picture(
                image(adversarial, height, width), "adversarial", "The same after the attack"),
            new Picture(
                image(difference, height, width),
                "change " + times,
                "What the attack changed, %s, around grey".formatted(times))),
        caption);
  }

  /** A picture of which only what the attack left is known. */
  static Figure of(float[] adversarial, int height, int width, String caption) {
    return new Figure(
        List.of(
            new Picture(
                image(adversarial, height, width),
                "adversarial",
                "Picture after the attack: " + caption)),
        caption);
  }

  /** The amplification at which the largest change spans from grey to black or white. */
  static double amplification(float[] clean, float... adversarial) {
    double largest = 0;
    for (int i = 0; i < clean.length; i++) {
      largest = Math.max(largest, Math.abs((double) adversarial[i] - clean[i]));
    }
    return largest == 0 ? 1 : 0.5 / largest;
  }

  private static String times(double amplification) {
    return "×" + String.format(Locale.ROOT, amplification < 10 ? "%.1f" : "%.0f", amplification);
  }

  private static BufferedImage image(float[] planes, int height, int width) {
    var image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    int plane = height * width;
    // one channel is grey, three are red, green and blue
    int green = planes.length < 3 * plane ? 0 : plane;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int at = y * width + x;
        int rgb =
            level(planes[at]) << 16
                | level(planes[green + at]) << 8
                | level(planes[2 * green + at]);
        image.setRGB(x, y, rgb);
      }
    }
    return image;
  }

  private static int level(float value) {
    return Math.round(Math.clamp(value, 0f, 1f) * 255);
  }
}
