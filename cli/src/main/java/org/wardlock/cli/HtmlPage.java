package org.wardlock.cli;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Base64;
import java.util.List;
import javax.imageio.ImageIO;

/**
 * Builds one HTML page that needs nothing from elsewhere: styles and pictures are inside. Text is
 * escaped.
 */
final class HtmlPage {
  private static final String STYLE =
      """
      :root { color-scheme: light dark; --line: #8886; --soft: #8882; }
      body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 60rem; padding: 1rem; }
      h1 { font-size: 1.6rem; } h2 { font-size: 1.2rem; margin-top: 2rem; }
      .wide { overflow-x: auto; }
      table { border-collapse: collapse; margin: .5rem 0; }
      th, td { border-bottom: 1px solid var(--line); padding: .3rem .8rem; text-align: left; }
      td.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
      .pictures { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fill, minmax(14rem, 1fr)); }
      figure { background: var(--soft); border-radius: .4rem; margin: 0; padding: .6rem; }
      figure div { display: flex; gap: .4rem; }
      figure img { image-rendering: pixelated; min-width: 0; width: 33%; }
      figcaption { font-size: .85rem; overflow-wrap: anywhere; }
      footer { border-top: 1px solid var(--line); font-size: .85rem; margin-top: 2rem; padding-top: .5rem; }
      """;

  private final StringBuilder body = new StringBuilder();
  private final String title;

  HtmlPage(String title) {
    this.title = title;
    body.append("<h1>").append(escape(title)).append("</h1>\n");
  }

  HtmlPage heading(String text) {
    body.append("<h2>").append(escape(text)).append("</h2>\n");
    return this;
  }

  HtmlPage paragraph(String text) {
    body.append("<p>").append(escape(text)).append("</p>\n");
    return this;
  }

  /** A table; cells that read as numbers are set to the right. */
  HtmlPage table(List<String> heads, List<List<String>> rows) {
    body.append("<div class=\"wide\"><table>\n<thead><tr>");
    heads.forEach(head -> body.append("<th scope=\"col\">").append(escape(head)).append("</th>"));
    body.append("</tr></thead>\n<tbody>\n");
    for (List<String> row : rows) {
      body.append("<tr>");
      row.forEach(this::cell);
      body.append("</tr>\n");
    }
    body.append("</tbody></table></div>\n");
    return this;
  }

  private void cell(String text) {
    boolean number = text.matches("[-+]?[0-9][0-9., ]*%?");
    body.append(number ? "<td class=\"number\">" : "<td>").append(escape(text)).append("</td>");
  }

  /** A row of figures, each some pictures side by side over a caption. */
  HtmlPage pictures(List<Figure> figures) throws IOException {
    body.append("<div class=\"pictures\">\n");
    for (Figure figure : figures) {
      body.append("<figure><div>");
      for (Picture picture : figure.pictures()) {
        body.append("<img alt=\"")
            .append(escape(picture.description()))
            .append("\" src=\"data:image/png;base64,")
            .append(base64(picture.image()))
            .append("\">");
      }
      body.append("</div><figcaption>")
          .append(escape(figure.caption()))
          .append("</figcaption></figure>\n");
    }
    body.append("</div>\n");
    return this;
  }

  HtmlPage footer(String text) {
    body.append("<footer>").append(escape(text)).append("</footer>\n");
    return this;
  }

  @Override
  public String toString() {
    return """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>%s</title>
        <style>
        %s</style>
        </head>
        <body>
        %s</body>
        </html>
        """
        .formatted(escape(title), STYLE, body);
  }

  /**
   * Pictures that belong together.
   *
   * @param pictures side by side
   * @param caption beneath them
   */
  record Figure(List<Picture> pictures, String caption) {}

  /**
   * One picture.
   *
   * @param image its pixels
   * @param description for readers who do not see it
   */
  record Picture(BufferedImage image, String description) {}

  private static String base64(BufferedImage image) throws IOException {
    var bytes = new ByteArrayOutputStream();
    ImageIO.write(image, "png", bytes);
    return Base64.getEncoder().encodeToString(bytes.toByteArray());
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
