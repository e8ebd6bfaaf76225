package org.wardlock.cli.report;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;

/**
 * One HTML page that needs nothing from elsewhere: styles, charts and pictures are inside, and no
 * script. It reads on wide screens and narrow ones, light and dark, on paper and aloud. Whatever
 * text it is given is shown as text.
 */
public final class HtmlPage {
  private final Markup body = new Markup();
  private final Map<String, String> sections = new LinkedHashMap<>();
  private final String title;
  private final String lead;
  private final String origin;

  /**
   * Begins a page.
   *
   * @param title of the page
   * @param lead a sentence or two beneath
   * @param origin what made it, for the foot
   */
  public HtmlPage(String title, String lead, String origin) {
    this.title = title;
    this.lead = lead;
    this.origin = origin;
  }

  /**
   * Begins a section, which ends the one before; the page's contents list it.
   *
   * @param anchor for links to it: letters, digits and dashes, once on the page
   */
  public HtmlPage section(String anchor, String heading) {
    endSection();
    sections.put(anchor, heading);
    body.open("section", "id", anchor, "aria-labelledby", anchor + "-heading");
    body.element("h2", heading, "id", anchor + "-heading");
    return this;
  }

  private void endSection() {
    if (!sections.isEmpty()) {
      body.closeLine();
    }
  }

  /** A heading within a section. */
  public HtmlPage heading(String text) {
    body.element("h3", text);
    return this;
  }

  /** A paragraph. */
  public HtmlPage paragraph(String text) {
    body.element("p", text);
    return this;
  }

  /** A paragraph of small print. */
  public HtmlPage note(String text) {
    body.element("p", text, "class", "note");
    return this;
  }

  /**
   * A number that a reader should not miss.
   *
   * @param label what it is
   * @param value the number
   * @param detail its interval or the like; may be empty
   */
  public record KeyFigure(String label, String value, String detail) {
    /** A share with its interval. */
    public static KeyFigure of(String label, Share share) {
      return new KeyFigure(label, share.text(), share.intervalText());
    }
  }

  /** A row of numbers that stand out. */
  public HtmlPage keyFigures(List<KeyFigure> figures) {
    body.open("dl", "class", "key-figures");
    for (KeyFigure figure : figures) {
      body.open("div").element("dt", figure.label()).element("dd", figure.value());
      if (!figure.detail().isEmpty()) {
        body.element("dd", figure.detail(), "class", "detail");
      }
      body.close();
    }
    body.closeLine();
    return this;
  }

  /**
   * A sign of something that a reader must know.
   *
   * @param name in a word
   * @param seen what was seen
   * @param next what to do about it
   */
  public record Notice(String name, String seen, String next) {}

  /** Notices, one beneath the other. */
  public HtmlPage notices(List<Notice> notices) {
    body.open("ul", "class", "notices");
    for (Notice notice : notices) {
      body.open("li").element("strong", notice.name()).text(" ").element("span", notice.seen());
      body.element("p", "Next: " + notice.next()).close();
    }
    body.closeLine();
    return this;
  }

  /** Names and values, one beneath the other. */
  public HtmlPage facts(String caption, Map<String, String> facts) {
    body.open("table", "class", "facts", "role", "table").element("caption", caption);
    body.open("tbody", "role", "rowgroup");
    facts.forEach(
        (name, value) ->
            body.open("tr", "role", "row")
                .open("th", "scope", "row", "role", "rowheader")
                .breakable(name)
                .close()
                .open("td", "role", "cell")
                .breakable(value)
                .close()
                .closeLine());
    body.close().closeLine();
    return this;
  }

  /** A table; on narrow screens each row is a block of its own. */
  public HtmlPage table(Table table) {
    // roles are said, as the style of narrow screens takes them from the elements
    body.open("table", "class", table.isCompact() ? "compact" : "stacked", "role", "table");
    body.element("caption", table.caption());
    body.open("thead", "role", "rowgroup").open("tr", "role", "row");
    for (Table.Column column : table.columns()) {
      String[] attributes =
          column.number()
              ? new String[] {"scope", "col", "role", "columnheader", "class", "number"}
              : new String[] {"scope", "col", "role", "columnheader"};
      body.element("th", column.name(), attributes);
    }
    body.close().closeLine().open("tbody", "role", "rowgroup");
    for (List<Table.Cell> row : table.rows()) {
      body.open("tr", "role", "row");
      for (int i = 0; i < row.size(); i++) {
        cell(row.get(i), table.columns().get(i), i == 0);
      }
      body.closeLine();
    }
    body.close().closeLine();
    return this;
  }

  private void cell(Table.Cell cell, Table.Column column, boolean head) {
    String style = column.number() ? "number" : "words";
    if (head) {
      body.open("th", "scope", "row", "role", "rowheader", "class", style);
    } else {
      body.open("td", "role", "cell", "class", style, "data-label", column.name());
    }
    body.open("span", "class", "content");
    if (cell.anchor().isPresent()) {
      body.open("a", "href", "#" + cell.anchor().get()).breakable(cell.text()).close();
    } else {
      body.breakable(cell.text());
    }
    if (!cell.detail().isEmpty()) {
      body.open("small").breakable(cell.detail()).close();
    }
    cell.bar().ifPresent(share -> body.append(Bar.of(share)));
    body.close().close();
  }

  /** A chart with its legend. */
  public HtmlPage chart(LineChart chart) {
    body.open("figure", "class", "chart").append(chart.drawn());
    body.element("figcaption", chart.caption()).closeLine();
    return this;
  }

  /**
   * Pictures that belong together.
   *
   * @param pictures side by side
   * @param caption beneath them
   */
  public record Figure(List<Picture> pictures, String caption) {}

  /**
   * One picture.
   *
   * @param image its pixels
   * @param label a word or two beneath it
   * @param description for readers who do not see it
   */
  public record Picture(BufferedImage image, String label, String description) {}

  /** Figures, as many side by side as there is room for. */
  public HtmlPage pictures(List<Figure> figures) {
    body.open("div", "class", "pictures");
    for (Figure figure : figures) {
      body.open("figure").open("div", "class", "strip");
      for (Picture picture : figure.pictures()) {
        body.open("div", "class", "picture");
        body.empty(
            "img",
            "alt",
            picture.description(),
            "width",
            Integer.toString(picture.image().getWidth()),
            "height",
            Integer.toString(picture.image().getHeight()),
            "src",
            "data:image/png;base64," + base64(picture.image()));
        body.element("span", picture.label()).close();
      }
      body.close().element("figcaption", figure.caption()).closeLine();
    }
    body.closeLine();
    return this;
  }

  private static String base64(BufferedImage image) {
    var bytes = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, "png", bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Base64.getEncoder().encodeToString(bytes.toByteArray());
  }

  /** The page, whole; nothing can be added any more. */
  public String finish() {
    endSection();
    Markup page = new Markup();
    page.open("html", "lang", "en").open("head");
    page.empty("meta", "charset", "utf-8");
    page.empty("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
    page.element("title", title);
    page.open("style").append(style()).close().closeLine();
    page.open("body").open("header").element("h1", title).element("p", lead).closeLine();
    if (sections.size() > 1) {
      page.open("nav", "aria-label", "Contents").open("ul");
      sections.forEach(
          (anchor, heading) -> page.open("li").element("a", heading, "href", "#" + anchor).close());
      page.close().closeLine();
    }
    page.open("main").append(body).closeLine();
    page.element("footer", origin).closeLine().closeLine();
    return "<!doctype html>\n" + page;
  }

  /** The style sheet is ours and holds nothing that ends the element. */
  private static Markup style() {
    try (InputStream in = HtmlPage.class.getResourceAsStream("page.css")) {
      return new Markup().text(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
