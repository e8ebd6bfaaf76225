package org.wardlock.cli.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.wardlock.attacks.evaluation.WilsonInterval;

/**
 * Shares over some quantity, drawn as SVG: twice, for wide screens and for narrow ones, of which
 * the page's style shows one.
 *
 * @param name what it shows, in a sentence for readers who do not see it
 * @param caption beneath it
 * @param axis what lies below
 * @param series what is drawn, at most {@link #STYLES}
 */
public record LineChart(String name, String caption, Axis axis, List<Series> series) {
  /** How many series can be told apart, by colour, dashes and marks. */
  public static final int STYLES = 6;

  private static final Frame WIDE = new Frame("wide", 720, 340, 52, 16, 12, 48);
  private static final Frame NARROW = new Frame("narrow", 330, 280, 52, 12, 12, 48);
  private static final double MARK = 4;

  /** Keeps a copy. */
  public LineChart {
    series = List.copyOf(series);
    if (series.size() > STYLES) {
      throw new IllegalArgumentException(
          "chart: %d series, expected at most %d".formatted(series.size(), STYLES));
    }
  }

  /**
   * What lies below, from 0 or more.
   *
   * @param title with the unit
   * @param start where it begins
   * @param end where it ends, above start
   * @param ticks places with their labels, ascending
   */
  public record Axis(String title, double start, double end, List<Tick> ticks) {}

  /** A place on an axis. */
  public record Tick(double at, String label) {}

  /** How a series is drawn. */
  public enum Form {
    /** Points joined by lines. */
    LINE,
    /** Points alone: what lies between is not known. */
    POINTS,
    /** A value holds until the next: what is counted falls at once. */
    STEPS,
    /** Steps that sum the others up, drawn to stand out. */
    SUMMARY;

    boolean isMarked() {
      return this == LINE || this == POINTS;
    }
  }

  /** What is drawn in one style. */
  public record Series(String name, Form form, List<Point> points) {}

  /** A share at a place, with its interval where that is known. */
  public record Point(double x, double y, Optional<WilsonInterval> interval) {}

  /** Sizes of a drawing; its text is of the same size in all of them. */
  private record Frame(
      String style, int width, int height, int left, int right, int top, int bottom) {
    double x(Axis axis, double value) {
      double part = (value - axis.start()) / (axis.end() - axis.start());
      return left + part * (width - left - right);
    }

    double y(double share) {
      return top + (1 - share) * (height - top - bottom);
    }

    int floor() {
      return height - bottom;
    }
  }

  /** Both drawings and the legend. */
  Markup drawn() {
    Markup out = new Markup();
    draw(out, WIDE);
    draw(out, NARROW);
    out.open("ul", "class", "legend");
    for (int i = 0; i < series.size(); i++) {
      out.open("li");
      out.open("svg", "class", "sample", "aria-hidden", "true", "viewBox", "0 0 36 12");
      if (series.get(i).form() != Form.POINTS) {
        line(out, "line " + style(i), 0, 6, 36, 6);
      }
      if (series.get(i).form().isMarked()) {
        mark(out, i, 18, 6);
      }
      out.close().element("span", series.get(i).name()).close();
    }
    return out.closeLine();
  }

  private void draw(Markup out, Frame frame) {
    out.open(
        "svg",
        "class",
        "plot " + frame.style(),
        "role",
        "img",
        "aria-label",
        name,
        "viewBox",
        "0 0 %d %d".formatted(frame.width(), frame.height()));
    scales(out, frame);
    // the summary goes along with others, which must be seen on it
    for (boolean summary : new boolean[] {true, false}) {
      for (int i = 0; i < series.size(); i++) {
        if ((series.get(i).form() == Form.SUMMARY) == summary) {
          series(out, frame, i);
        }
      }
    }
    out.closeLine();
  }

  private void scales(Markup out, Frame frame) {
    for (int percent = 0; percent <= 100; percent += 25) {
      double y = frame.y(percent / 100.0);
      line(out, "grid", frame.left(), y, frame.width() - frame.right(), y);
      text(out, "tick end", frame.left() - 8, y + 4, percent + " %");
    }
    for (Tick tick : axis.ticks()) {
      double x = frame.x(axis, tick.at());
      line(out, "grid", x, frame.floor(), x, frame.floor() + 5);
      text(out, "tick middle", x, frame.floor() + 19, tick.label());
    }
    double middle = (frame.left() + frame.width() - frame.right()) / 2.0;
    text(out, "title middle", middle, frame.height() - 8, axis.title());
  }

  private void series(Markup out, Frame frame, int index) {
    Series drawn = series.get(index);
    for (Point point : drawn.points()) {
      if (point.interval().isPresent()) {
        double x = frame.x(axis, point.x());
        WilsonInterval interval = point.interval().get();
        line(
            out,
            "whisker " + style(index),
            x,
            frame.y(interval.low()),
            x,
            frame.y(interval.high()));
      }
    }
    if (drawn.form() != Form.POINTS) {
      out.empty("polyline", "class", "line " + style(index), "points", path(frame, drawn));
    }
    if (drawn.form().isMarked()) {
      for (Point point : drawn.points()) {
        mark(out, index, frame.x(axis, point.x()), frame.y(point.y()));
      }
    }
  }

  private String style(int index) {
    return series.get(index).form() == Form.SUMMARY ? "summary" : "s" + index;
  }

  private String path(Frame frame, Series drawn) {
    List<String> places = new ArrayList<>();
    double lastX = Double.NEGATIVE_INFINITY;
    double lastY = 0;
    for (Point point : drawn.points()) {
      double x = frame.x(axis, point.x());
      double y = frame.y(point.y());
      if (!drawn.form().isMarked() && lastX != Double.NEGATIVE_INFINITY) {
        places.add(place(x, lastY));
      }
      places.add(place(x, y));
      lastX = x;
      lastY = y;
    }
    return String.join(" ", places);
  }

  private static String place(double x, double y) {
    return Bar.number(x) + "," + Bar.number(y);
  }

  /** A mark of a shape of its own, so that colours are not all that tells series apart. */
  private static void mark(Markup out, int index, double x, double y) {
    String shape =
        switch (index % 3) {
          case 0 -> corners(x, y, 24, MARK);
          case 1 -> corners(x, y, 4, MARK * 1.25);
          default -> corners(x, y, 3, MARK * 1.4);
        };
    out.empty("polygon", "class", "mark s" + index, "points", shape);
  }

  private static String corners(double x, double y, int count, double radius) {
    List<String> places = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      double angle = 2 * Math.PI * i / count - Math.PI / 2;
      places.add(place(x + radius * Math.cos(angle), y + radius * Math.sin(angle)));
    }
    return String.join(" ", places);
  }

  private static void line(Markup out, String style, double x1, double y1, double x2, double y2) {
    out.empty(
        "line",
        "class",
        style,
        "x1",
        Bar.number(x1),
        "y1",
        Bar.number(y1),
        "x2",
        Bar.number(x2),
        "y2",
        Bar.number(y2));
  }

  private static void text(Markup out, String style, double x, double y, String text) {
    out.element("text", text, "class", style, "x", Bar.number(x), "y", Bar.number(y));
  }

  /** About so many round steps from 0 up to a number. */
  static double step(double end, int about) {
    double rough = end / about;
    double power = Math.pow(10, Math.floor(Math.log10(rough)));
    for (double factor : new double[] {1, 2, 5}) {
      if (rough <= factor * power * 1.0001) {
        return factor * power;
      }
    }
    return 10 * power;
  }

  /** A number as a tick shows it. */
  static String shown(double value) {
    return Bar.number(Double.parseDouble(String.format(Locale.ROOT, "%.4g", value)));
  }
}
