package org.wardlock.cli.report;

import java.util.ArrayList;
import java.util.List;
import org.wardlock.cli.report.HtmlPage.KeyFigure;
import org.wardlock.cli.report.Table.Cell;
import org.wardlock.cli.report.Table.Column;

/** What the page says of a grid of attackers. */
final class GridSection {
  private final Run.Grid run;

  GridSection(Run.Grid run) {
    this.run = run;
  }

  void addTo(HtmlPage page) {
    page.paragraph(
        "Attackers of one keyed model within %s, by what they know. A picture stands without the key if none of the"
                .formatted(run.threat())
            + " attackers who lack it breaks it; with the key everything is known, and that is what the model itself is worth.");
    List<KeyFigure> figures = new ArrayList<>();
    run.clean().ifPresent(clean -> figures.add(KeyFigure.of("Clean accuracy", clean)));
    figures.add(
        run.withoutKey()
            .map(share -> KeyFigure.of("Robust without the key", share))
            .orElse(new KeyFigure("Robust without the key", "not tried", "")));
    run.withKey().ifPresent(share -> figures.add(KeyFigure.of("Robust with the key", share)));
    page.keyFigures(figures);
    if (!run.missing().isEmpty()) {
      page.notices(
          List.of(
              new HtmlPage.Notice(
                  "incomplete",
                  "No row was run of attackers " + String.join(", ", run.missing()) + ".",
                  "run these rows: they might break what stands")));
    }
    page.table(
        new Table(
            "Attackers, " + run.threat(),
            List.of(
                Column.words("Attacker"),
                Column.words("Knows"),
                Column.words("Key"),
                Column.numbers("Queries"),
                Column.numbers("Robust accuracy")),
            run.rows().stream().map(GridSection::row).toList()));
  }

  private static List<Cell> row(Run.Attacker row) {
    String detail =
        row.how() + (row.how().isEmpty() || row.found().isEmpty() ? "" : "; ") + row.found();
    Cell robust = row.robust().map(Cell::drawn).orElse(Cell.of("not run", row.absence()));
    return List.of(
        Cell.of(row.name(), detail),
        Cell.of(row.knows()),
        Cell.of(row.hasKey() ? "known" : "secret"),
        row.queries().map(count -> Cell.of((long) count)).orElse(Cell.of("–")),
        robust);
  }
}
