package org.wardlock.cli.report;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.wardlock.attacks.evaluation.AttackReport;
import org.wardlock.attacks.evaluation.PictureRecord;
import org.wardlock.cli.report.HtmlPage.Figure;
import org.wardlock.cli.report.HtmlPage.KeyFigure;
import org.wardlock.cli.report.Table.Cell;
import org.wardlock.cli.report.Table.Column;
import org.wardlock.tensor.Shape;

/** What the page says of one attack. */
final class AttackSection {
  private static final int SHOWN = 6;

  private final Run.Attack run;
  private final CleanPictures cleanPictures;

  AttackSection(Run.Attack run, CleanPictures cleanPictures) {
    this.run = run;
    this.cleanPictures = cleanPictures;
  }

  void addTo(HtmlPage page) {
    AttackReport report = run.report();
    page.paragraph(
        String.format(
            Locale.ROOT,
            "%s within %s, on %,d pictures of %s. The model is %s, %s.",
            run.attacks(),
            run.threat(),
            report.images(),
            Names.data(run),
            Names.model(run),
            Names.isKeyed(run) ? "behind key " + Names.key(run) : "without a key"));
    double at8Bit = report.robustAccuracyAt8Bit();
    page.keyFigures(
        List.of(
            KeyFigure.of("Clean accuracy", run.clean()),
            KeyFigure.of("Robust accuracy", run.robust()),
            KeyFigure.of(
                "Robust at most, changed pictures 8-bit",
                new Share(at8Bit, Optional.of(report.interval(at8Bit)))),
            new KeyFigure(
                "Largest change",
                String.format(Locale.ROOT, "%.4g", report.maxNorm()),
                run.threat().norm() + ", at most " + run.threat().radius())));
    page.table(attacks());
    page.heading("Flags");
    if (run.flags().isEmpty()) {
      page.paragraph("None was raised: nothing was seen that makes these figures too good.");
    } else {
      page.notices(run.flags());
    }
    pictures(page);
  }

  private Table attacks() {
    List<List<Cell>> rows =
        run.report().attacks().stream()
            .map(
                line ->
                    List.of(
                        Cell.of(line.name()),
                        Cell.of(
                            new Share(
                                line.robustAfter(),
                                Optional.of(run.report().interval(line.robustAfter())))),
                        Cell.of(broken(line.name())),
                        Cell.of(line.forward()),
                        Cell.of(line.backward()),
                        Cell.of(String.format(Locale.ROOT, "%.1f s", line.seconds()))))
            .toList();
    return new Table(
        "Attacks, each on what still stood",
        List.of(
            Column.words("Attack"),
            Column.numbers("Robust after"),
            Column.numbers("Broken by it"),
            Column.numbers("Forward passes"),
            Column.numbers("Backward passes"),
            Column.numbers("Time")),
        rows);
  }

  private long broken(String name) {
    return run.records().pictures().stream()
        .filter(picture -> picture.brokenBy().equals(Optional.of(name)))
        .count();
  }

  private void pictures(HtmlPage page) {
    try {
      Optional<Shape> shape = run.records().keptImages();
      if (shape.isEmpty()) {
        return;
      }
      page.heading("Pictures");
      int[] rows = chosen();
      if (rows.length == 0) {
        page.paragraph("No picture was broken.");
        return;
      }
      List<float[]> adversarial = run.records().images(rows);
      page.pictures(figures(page, shape.get(), rows, adversarial));
    } catch (IOException e) {
      page.note("The pictures that were kept cannot be shown: " + e.getMessage());
    }
  }

  private List<Figure> figures(HtmlPage page, Shape shape, int[] rows, List<float[]> adversarial) {
    int height = shape.extent(-2);
    int width = shape.extent(-1);
    List<Figure> figures = new ArrayList<>();
    try {
      CleanPictures.Found clean = cleanPictures.of(run, rows);
      for (int i = 0; i < rows.length; i++) {
        float[] before = clean.pixels().get(i);
        float[] after = adversarial.get(i);
        String name = clean.name(run.records().pictures().get(rows[i]).label());
        figures.add(
            Strips.of(
                before,
                after,
                height,
                width,
                Strips.amplification(before, after),
                caption(rows[i], name)));
      }
      page.note(
          "What was changed is amplified by the factor beneath it, so that the largest change reaches black or white; grey"
              + " is no change.");
    } catch (IOException e) {
      page.note("Without the clean pictures, as " + e.getMessage());
      figures.clear();
      for (int i = 0; i < rows.length; i++) {
        String name = "class " + run.records().pictures().get(rows[i]).label();
        figures.add(Strips.of(adversarial.get(i), height, width, caption(rows[i], name)));
      }
    }
    return figures;
  }

  private String caption(int row, String name) {
    PictureRecord picture = run.records().pictures().get(row);
    return "%s (picture %d), broken by %s with a change of %s, %s"
        .formatted(
            name,
            picture.index(),
            picture.brokenBy().orElse("nothing"),
            Names.change(run, picture.norm()),
            picture.okAt8Bit() ? "also at 8 bit" : "not at 8 bit");
  }

  /** Some of the broken pictures, of different classes as far as there are any. */
  private int[] chosen() {
    List<PictureRecord> pictures = run.records().pictures();
    int[] broken =
        IntStream.range(0, pictures.size())
            .filter(row -> pictures.get(row).brokenBy().isPresent())
            .toArray();
    Set<Integer> labels = new HashSet<>();
    Set<Integer> rows = new HashSet<>();
    for (int row : broken) {
      if (rows.size() < SHOWN && labels.add(pictures.get(row).label())) {
        rows.add(row);
      }
    }
    for (int row : broken) {
      if (rows.size() < SHOWN) {
        rows.add(row);
      }
    }
    return rows.stream().mapToInt(Integer::intValue).sorted().toArray();
  }
}
