package org.wardlock.cli.report;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.wardlock.cli.report.HtmlPage.Figure;
import org.wardlock.cli.report.HtmlPage.KeyFigure;
import org.wardlock.cli.report.Table.Cell;
import org.wardlock.cli.report.Table.Column;

/** What the page says of the mimic attack on one student. */
final class MimicSection {
  /** Of each budget; a round of as few pairs shows all. */
  private static final int SHOWN = 3;

  private static final int ALL_SCALES = 5;

  private final Run.Mimicry run;

  MimicSection(Run.Mimicry run) {
    this.run = run;
  }

  void addTo(HtmlPage page) {
    page.paragraph(
        String.format(
            Locale.ROOT,
            "Pictures of %s were changed until the teacher, %s, had the features of pictures of other classes for them at %s,"
                + " and shown to a student of it, %s, %s.",
            Names.data(run),
            Names.option(run, "--teacher").orElse("not said"),
            Names.option(run, "--cutoff").orElse("the cut-off"),
            Names.model(run),
            Names.isKeyed(run) ? "behind key " + Names.key(run) : "without a key"));
    page.keyFigures(
        run.rounds().stream()
            .map(round -> KeyFigure.of("For the target, DSSIM " + round.budget(), round.targeted()))
            .toList());
    page.table(rounds());
    page.note(
        run.scales() == ALL_SCALES
            ? "Structural similarity is measured at all five scales."
            : "Structural similarity is measured at %d of five scales, as the pictures are small: such budgets do not compare with those of larger ones."
                .formatted(run.scales()));
    for (Run.Round round : run.rounds()) {
      pictures(page, round);
    }
  }

  private Table rounds() {
    List<List<Cell>> rows = new ArrayList<>();
    for (Run.Round round : run.rounds()) {
      rows.add(
          List.of(
              Cell.of(Double.toString(round.budget())),
              Cell.drawn(round.targeted()),
              Cell.drawn(round.untargeted()),
              Cell.of(
                  String.format(Locale.ROOT, "%.5f", round.meanDissimilarity()),
                  String.format(Locale.ROOT, "at most %.5f", round.largestDissimilarity())),
              Cell.of(String.format(Locale.ROOT, "%.1f %%", 100 * round.remaining())),
              Cell.of(String.format(Locale.ROOT, "%.0f", round.steps())),
              Cell.of(round.pairs())));
    }
    return new Table(
        "By the largest DSSIM",
        List.of(
            Column.words("Budget"),
            Column.numbers("Taken for the target's class"),
            Column.numbers("For any class but its own"),
            Column.numbers("DSSIM, mean"),
            Column.numbers("Features' distance left"),
            Column.numbers("Steps"),
            Column.numbers("Pairs")),
        rows);
  }

  /** The first pairs of a round, whatever came of them: the same ones for each budget. */
  private void pictures(HtmlPage page, Run.Round round) {
    int shown = (int) Math.min(SHOWN, round.pairs());
    page.heading("Within a DSSIM of %s".formatted(round.budget()));
    page.note("The first %d of %d random pairs.".formatted(shown, round.pairs()));
    try {
      Path folder = run.place().resolve("dssim-" + round.budget());
      List<Figure> strips = new ArrayList<>();
      for (MimicPair pair : MimicPair.first(folder, shown)) {
        strips.add(pair.strip(folder));
      }
      page.pictures(strips);
    } catch (IOException e) {
      page.note("The pictures cannot be shown: " + e.getMessage());
    }
  }
}
