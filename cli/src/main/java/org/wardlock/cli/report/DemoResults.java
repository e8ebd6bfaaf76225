package org.wardlock.cli.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.wardlock.cli.report.Run.WrongKeys;
import org.wardlock.cli.report.Table.Cell;
import org.wardlock.cli.report.Table.Column;
import org.wardlock.nn.files.FormatException;
import org.wardlock.nn.files.JsonFile;

/**
 * What the demo found; its own page and a report show it alike.
 *
 * @param plain accuracy of the plain model
 * @param keyed accuracy of the keyed one with its key
 * @param threat of the attacks, if known
 */
public record DemoResults(
    double plain, double keyed, WrongKeys wrongKeys, Optional<String> threat, List<Line> attacks) {
  /**
   * What one attack came to.
   *
   * @param name for people
   */
  public record Line(String name, int images, double clean, double robust, double largest) {}

  static DemoResults read(JsonFile json) throws FormatException {
    List<Line> lines = new ArrayList<>();
    for (JsonFile attack : json.objects("attacks")) {
      lines.add(
          new Line(
              attack.text("name"),
              attack.integer("images", 1, Integer.MAX_VALUE),
              Answers.share(attack, "clean_accuracy"),
              Answers.share(attack, "robust_accuracy"),
              attack.number("max_norm")));
    }
    return new DemoResults(
        Answers.share(json.object("plain"), "clean"),
        Answers.share(json.object("keyed"), "clean"),
        Answers.wrongKeys(json.object("wrong_key")),
        json.optionalText("threat"),
        lines);
  }

  /** Adds its tables to the section that a page is in. */
  public void addTo(HtmlPage page) {
    List<List<Cell>> models = new ArrayList<>();
    models.add(List.of(Cell.of("plain"), Cell.of(Share.of(plain))));
    models.add(List.of(Cell.of("keyed, right key"), Cell.of(Share.of(keyed))));
    models.addAll(wrongKeys.rows());
    page.table(
        new Table(
            "Without attack", List.of(Column.words("Model"), Column.numbers("Accuracy")), models));
    page.table(
        new Table(
            "Under attack" + threat.map(text -> ", " + text).orElse(""),
            List.of(
                Column.words("Attack"),
                Column.numbers("Clean"),
                Column.numbers("Left"),
                Column.numbers("Largest change")),
            attacks.stream().map(DemoResults::row).toList()));
  }

  private static List<Cell> row(Line line) {
    return List.of(
        Cell.of(line.name()),
        Cell.of(Share.of(line.clean(), line.images())),
        Cell.of(Share.of(line.robust(), line.images())),
        Cell.of(String.format(Locale.ROOT, "%.6f", line.largest())));
  }
}
