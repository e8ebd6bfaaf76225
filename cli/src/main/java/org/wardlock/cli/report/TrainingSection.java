package org.wardlock.cli.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.wardlock.cli.report.HtmlPage.KeyFigure;
import org.wardlock.cli.report.LineChart.Axis;
import org.wardlock.cli.report.LineChart.Form;
import org.wardlock.cli.report.LineChart.Point;
import org.wardlock.cli.report.LineChart.Series;
import org.wardlock.cli.report.LineChart.Tick;
import org.wardlock.cli.report.Table.Cell;
import org.wardlock.cli.report.Table.Column;

/** What the page says of one training. */
final class TrainingSection {
  private static final int TICKS = 8;

  private final Run.Training run;

  TrainingSection(Run.Training run) {
    this.run = run;
  }

  void addTo(HtmlPage page) {
    page.keyFigures(figures());
    if (run.epochs().size() > 1) {
      page.chart(chart());
    }
    page.table(
        new Table(
            "Epochs, with accuracies",
            List.of(
                Column.words("Epoch"),
                Column.numbers("Loss"),
                Column.numbers("Training"),
                Column.numbers("Validation")),
            run.epochs().stream().map(TrainingSection::row).toList()));
  }

  private List<KeyFigure> figures() {
    Run.Epoch last = run.epochs().getLast();
    List<KeyFigure> figures = new ArrayList<>();
    last.validation()
        .ifPresent(
            top1 ->
                figures.add(
                    new KeyFigure(
                        "Validation accuracy", Share.of(top1).text(), "top-1, last epoch")));
    figures.add(new KeyFigure("Training accuracy", Share.of(last.training()).text(), "last epoch"));
    figures.add(new KeyFigure("Epochs", Integer.toString(run.epochs().size()), ""));
    figures.add(
        new KeyFigure(
            "Pictures a second",
            String.format(Locale.ROOT, "%,.0f", last.imagesPerSecond()),
            "last epoch"));
    return figures;
  }

  private static List<Cell> row(Run.Epoch epoch) {
    return List.of(
        Cell.of(epoch.number()),
        Cell.of(String.format(Locale.ROOT, "%.4f", epoch.loss())),
        Cell.of(Share.of(epoch.training())),
        epoch.validation().isPresent()
            ? Cell.of(Share.of(epoch.validation().getAsDouble()))
            : Cell.of("–"));
  }

  private LineChart chart() {
    List<Point> training = new ArrayList<>();
    List<Point> validation = new ArrayList<>();
    List<Tick> ticks = new ArrayList<>();
    long first = run.epochs().getFirst().number();
    long last = run.epochs().getLast().number();
    long step = Math.max(1, Math.round(LineChart.step(last, TICKS)));
    for (Run.Epoch epoch : run.epochs()) {
      training.add(new Point(epoch.number(), epoch.training(), Optional.empty()));
      epoch
          .validation()
          .ifPresent(top1 -> validation.add(new Point(epoch.number(), top1, Optional.empty())));
      if (epoch.number() % step == 0) {
        ticks.add(new Tick(epoch.number(), Long.toString(epoch.number())));
      }
    }
    List<Series> series = new ArrayList<>();
    if (!validation.isEmpty()) {
      series.add(new Series("validation", Form.LINE, validation));
    }
    series.add(new Series("training", Form.LINE, training));
    return new LineChart(
        "Accuracy of training and validation by epoch; the table below has the numbers",
        "Accuracy by epoch.",
        new Axis("epoch", first, Math.max(last, first + 1), ticks),
        series);
  }
}
