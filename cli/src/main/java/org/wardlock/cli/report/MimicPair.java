package org.wardlock.cli.report;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;
import org.wardlock.cli.report.HtmlPage.Figure;
import org.wardlock.cli.report.HtmlPage.Picture;
import org.wardlock.nn.files.FormatException;

/**
 * A pair of pictures and what was made of it, as a round of {@code mimic} left it.
 *
 * @param number of the pair, from 0
 * @param label the source's class
 * @param target the target's
 * @param prediction what the student takes the outcome for
 * @param dissimilarity DSSIM of the outcome to the source
 * @param remaining which share of the way to the target's features is left
 */
record MimicPair(
    int number, int label, int target, int prediction, double dissimilarity, double remaining) {
  private static final String RECORDS = "records.csv";

  /**
   * The first pairs of a round.
   *
   * @throws FormatException if there are fewer, or the records are not those of such a round
   */
  static List<MimicPair> first(Path round, int count) throws IOException {
    Path file = round.resolve(RECORDS);
    if (!Files.exists(file)) {
      throw new FormatException(file, "no such file");
    }
    List<String> lines = Files.readAllLines(file);
    if (lines.size() <= count) {
      throw new FormatException(
          file, "%d lines, expected a head and %d pairs".formatted(lines.size(), count));
    }
    List<String> columns = Arrays.asList(lines.getFirst().split(",", -1));
    List<MimicPair> pairs = new ArrayList<>();
    for (int number = 0; number < count; number++) {
      List<String> fields = Arrays.asList(lines.get(number + 1).split(",", -1));
      double before = number(file, columns, fields, "distance_before");
      double distance = number(file, columns, fields, "distance");
      pairs.add(
          new MimicPair(
              number,
              (int) number(file, columns, fields, "label"),
              (int) number(file, columns, fields, "target_class"),
              (int) number(file, columns, fields, "prediction"),
              number(file, columns, fields, "dssim"),
              before == 0 ? 0 : distance / before));
    }
    return pairs;
  }

  private static double number(Path file, List<String> columns, List<String> fields, String name)
      throws FormatException {
    int column = columns.indexOf(name);
    try {
      if (column >= 0 && fields.size() == columns.size()) {
        return Double.parseDouble(fields.get(column));
      }
    } catch (NumberFormatException _) {
      // said below
    }
    throw new FormatException(
        file, "'%s' has no number %s".formatted(String.join(",", fields), name));
  }

  /**
   * Source, target and outcome side by side.
   *
   * @throws IOException if one of them is not there, or no picture
   */
  Figure strip(Path round) throws IOException {
    String taken =
        prediction == target
            ? "taken for the target's"
            : prediction == label ? "taken for its own" : "taken for class " + prediction;
    return new Figure(
        List.of(
            new Picture(picture(round, "source"), "source", "Source, of class " + label),
            new Picture(picture(round, "target"), "target", "Target, of class " + target),
            new Picture(
                picture(round, "adversarial"),
                "adversarial",
                "The source with the target's features, " + taken)),
        String.format(
            Locale.ROOT,
            "Pair %d, class %d to look like class %d inside: %s; DSSIM %.5f, of the features' distance %.0f %% left",
            number,
            label,
            target,
            taken,
            dissimilarity,
            100 * remaining));
  }

  private BufferedImage picture(Path round, String which) throws IOException {
    Path file = round.resolve("pictures").resolve("pair-%s-%s.png".formatted(number, which));
    if (!Files.exists(file)) {
      throw new FormatException(file, "no such file");
    }
    BufferedImage image = ImageIO.read(file.toFile());
    if (image == null) {
      throw new FormatException(file, "no PNG: damaged");
    }
    return image;
  }
}
