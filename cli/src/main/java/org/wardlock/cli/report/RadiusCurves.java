package org.wardlock.cli.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.wardlock.attacks.Norm;
import org.wardlock.attacks.evaluation.PictureRecord;
import org.wardlock.cli.report.LineChart.Axis;
import org.wardlock.cli.report.LineChart.Form;
import org.wardlock.cli.report.LineChart.Point;
import org.wardlock.cli.report.LineChart.Series;
import org.wardlock.cli.report.LineChart.Tick;

/**
 * How accuracy falls with the radius: attacks on one model with the same pictures in one norm.
 *
 * @param runs the attacks
 */
record RadiusCurves(List<Run.Attack> runs) {
  /** Attacks that look for the smallest change: their norms say what smaller radii would give. */
  private static final Set<String> SMALLEST_CHANGES =
      Set.of("fab", "fab-t", "deepfool", "ddn", "fmn", "cw", "hopskipjump", "boundary");

  /** What attacks must agree in to be drawn together. */
  private static final List<String> SAME =
      List.of("model", "model weights", "model preprocessing", "key", "data", "targeted");

  /** Groups of attacks of which there is more to draw than one point. */
  static List<RadiusCurves> of(List<Run> runs) {
    Map<List<String>, List<Run.Attack>> groups = new LinkedHashMap<>();
    for (Run run : runs) {
      if (run instanceof Run.Attack attack) {
        List<String> group = new ArrayList<>();
        group.add(attack.threat().norm().toString());
        SAME.forEach(name -> group.add(attack.records().identity().getOrDefault(name, "")));
        groups.computeIfAbsent(group, _ -> new ArrayList<>()).add(attack);
      }
    }
    return groups.values().stream()
        .map(RadiusCurves::new)
        .filter(curves -> curves.isSmallest() || curves.radii() > 1)
        .toList();
  }

  private boolean isSmallest() {
    return runs.stream().anyMatch(RadiusCurves::isSmallest);
  }

  private static boolean isSmallest(Run.Attack run) {
    return SMALLEST_CHANGES.containsAll(run.records().attacks());
  }

  private long radii() {
    return runs.stream().map(run -> run.threat().radius()).distinct().count();
  }

  private Norm norm() {
    return runs.getFirst().threat().norm();
  }

  /** The model and what it saw, in a line. */
  String heading() {
    Run.Attack first = runs.getFirst();
    return "%s, %s".formatted(Names.model(first), norm());
  }

  /** Adds chart and table to the section that a page is in. */
  void addTo(HtmlPage page) {
    List<Series> series = new ArrayList<>();
    Map<String, List<Run.Attack>> byAttack =
        runs.stream()
            .collect(
                Collectors.groupingBy(
                    Run.Attack::attacks, LinkedHashMap::new, Collectors.toList()));
    int room = runs.size() > 1 ? LineChart.STYLES - 1 : LineChart.STYLES;
    byAttack.forEach(
        (name, alike) -> {
          if (series.size() < room) {
            series.add(series(name, alike));
          }
        });
    if (runs.size() > 1) {
      series.add(
          new Series("worst case of all, picture by picture", Form.SUMMARY, worstCase(runs)));
    }
    int left = byAttack.size() - Math.min(byAttack.size(), room);
    page.chart(
        new LineChart(
            "Robust accuracy of %s against the radius; the table below has the numbers"
                .formatted(heading()),
            caption(left),
            axis(),
            series));
    page.table(table());
  }

  private String caption(int left) {
    String text =
        "Robust accuracy over the radius, "
            + norm()
            + ", on "
            + runs.getFirst().report().images()
            + " pictures. Steps count, at every radius, the pictures that no change found so far within it breaks: an"
            + " upper bound. Marks are runs at that radius, with their intervals; between them nothing was measured.";
    return left == 0 ? text : text + " %d further attacks are in the table alone.".formatted(left);
  }

  private static Series series(String name, List<Run.Attack> alike) {
    if (alike.stream().allMatch(RadiusCurves::isSmallest)) {
      return new Series(name, Form.STEPS, worstCase(alike));
    }
    List<Point> points = new ArrayList<>();
    Form form = new RadiusCurves(alike).radii() > 1 ? Form.LINE : Form.POINTS;
    if (form == Form.LINE) {
      Share clean = alike.getFirst().clean();
      points.add(new Point(0, clean.value(), clean.interval()));
    }
    alike.stream()
        .sorted(Comparator.comparing(run -> run.threat().radius()))
        .forEach(
            run ->
                points.add(
                    new Point(
                        run.threat().radius().toDouble(),
                        run.robust().value(),
                        run.robust().interval())));
    return new Series(name, form, points);
  }

  /** Of each picture the smallest change that any of the runs found; then how many are left. */
  private static List<Point> worstCase(List<Run.Attack> runs) {
    int count = runs.getFirst().report().images();
    double[] smallest = new double[count];
    Arrays.fill(smallest, Double.POSITIVE_INFINITY);
    for (Run.Attack run : runs) {
      List<PictureRecord> pictures = run.records().pictures();
      for (int i = 0; i < count; i++) {
        PictureRecord picture = pictures.get(i);
        if (!picture.isCleanRight()) {
          smallest[i] = 0;
        } else if (picture.brokenBy().isPresent()) {
          smallest[i] = Math.min(smallest[i], picture.norm());
        }
      }
    }
    TreeMap<Double, Integer> fallen = new TreeMap<>();
    Arrays.stream(smallest)
        .filter(Double::isFinite)
        .forEach(norm -> fallen.merge(norm, 1, Integer::sum));
    List<Point> points = new ArrayList<>();
    int left = count - fallen.getOrDefault(0.0, 0);
    points.add(new Point(0, (double) left / count, Optional.empty()));
    for (Map.Entry<Double, Integer> step : fallen.tailMap(0.0, false).entrySet()) {
      left -= step.getValue();
      points.add(new Point(step.getKey(), (double) left / count, Optional.empty()));
    }
    points.add(new Point(largestRadius(runs), (double) left / count, Optional.empty()));
    return points;
  }

  private static double largestRadius(List<Run.Attack> runs) {
    return runs.stream().mapToDouble(run -> run.threat().radius().toDouble()).max().orElse(0);
  }

  private Axis axis() {
    double end = largestRadius(runs);
    if (!(end > 0)) {
      end = 1;
    }
    // pixels come in steps of 1/255, and so do the radii of this norm
    double unit = norm() == Norm.LINF ? 255 : 1;
    double step = LineChart.step(end * unit, 5);
    List<Tick> ticks = new ArrayList<>();
    for (int i = 0; i * step <= end * unit * 1.0001; i++) {
      ticks.add(new Tick(i * step / unit, LineChart.shown(i * step)));
    }
    String title = norm() == Norm.LINF ? "radius, linf, in 255ths" : "radius, " + norm();
    return new Axis(title, 0, end * 1.02, ticks);
  }

  private Table table() {
    List<List<Table.Cell>> rows =
        runs.stream()
            .sorted(
                Comparator.comparing((Run.Attack run) -> run.threat().radius())
                    .thenComparing(Run.Attack::attacks))
            .map(
                run ->
                    List.of(
                        Table.Cell.of(run.threat().radius().toString()),
                        Table.Cell.of(run.attacks()),
                        Table.Cell.of(Names.of(run)),
                        Table.Cell.of(run.clean()),
                        Table.Cell.of(run.robust()),
                        Table.Cell.of(median(run))))
            .toList();
    return new Table(
        "Attacks on " + heading(),
        List.of(
            Table.Column.words("Radius"),
            Table.Column.words("Attacks"),
            Table.Column.words("Run"),
            Table.Column.numbers("Clean"),
            Table.Column.numbers("Robust"),
            Table.Column.numbers("Median change")),
        rows);
  }

  private static String median(Run.Attack run) {
    double[] norms =
        run.records().pictures().stream()
            .filter(picture -> picture.brokenBy().isPresent())
            .mapToDouble(PictureRecord::norm)
            .sorted()
            .toArray();
    return norms.length == 0 ? "none broke" : Names.change(run, norms[norms.length / 2]);
  }
}
