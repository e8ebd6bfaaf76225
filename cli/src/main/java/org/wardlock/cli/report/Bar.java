package org.wardlock.cli.report;

import java.util.Locale;

/** A share and its interval, drawn on a scale from nothing to everything. */
final class Bar {
  private static final double WIDTH = 200;
  private static final double HEIGHT = 8;

  private Bar() {}

  /** Whoever does not see it finds the same numbers in the text beside. */
  static Markup of(Share share) {
    Markup out =
        new Markup()
            .open(
                "svg",
                "class",
                "bar",
                "aria-hidden",
                "true",
                "viewBox",
                "0 0 " + number(WIDTH) + " " + number(HEIGHT),
                "preserveAspectRatio",
                "none");
    rectangle(out, "scale", 0, 1);
    rectangle(out, "filled", 0, share.value());
    share.interval().ifPresent(ends -> rectangle(out, "range", ends.low(), ends.high()));
    return out.close();
  }

  private static void rectangle(Markup out, String style, double from, double to) {
    out.empty(
        "rect",
        "class",
        style,
        "x",
        number(from * WIDTH),
        "width",
        number((to - from) * WIDTH),
        "height",
        number(HEIGHT));
  }

  static String number(double value) {
    String text = String.format(Locale.ROOT, "%.2f", value);
    return text.replaceAll("\\.?0+$", "");
  }
}
