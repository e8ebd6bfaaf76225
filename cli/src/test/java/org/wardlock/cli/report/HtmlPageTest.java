package org.wardlock.cli.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.wardlock.attacks.evaluation.WilsonInterval;
import org.wardlock.cli.report.LineChart.Axis;
import org.wardlock.cli.report.LineChart.Form;
import org.wardlock.cli.report.LineChart.Point;
import org.wardlock.cli.report.LineChart.Series;
import org.wardlock.cli.report.LineChart.Tick;
import org.wardlock.cli.report.Table.Cell;
import org.wardlock.cli.report.Table.Column;

/** Pages are whole, self-contained, and safe whatever names they show. */
class HtmlPageTest {
  private static final String HOSTILE = "<script>alert(\"1\")</script> & 'co' </table>\u202e\u0000";
  private static final String ESCAPED =
      "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; 'co' &lt;/table&gt;\ufffd\ufffd";

  private static HtmlPage.Figure figure(int color, String text) {
    var image = new BufferedImage(3, 2, BufferedImage.TYPE_INT_RGB);
    image.setRGB(2, 1, color);
    return new HtmlPage.Figure(List.of(new HtmlPage.Picture(image, text, text)), text);
  }

  private static LineChart chart(String text) {
    var points =
        List.of(
            new Point(0, 0.9, Optional.of(new WilsonInterval(0.8, 1))),
            new Point(2, 0.1, Optional.empty()));
    return new LineChart(
        text,
        text,
        new Axis(text, 0, 2, List.of(new Tick(1, text))),
        List.of(new Series(text, Form.LINE, points), new Series(text, Form.STEPS, points)));
  }

  private static String hostilePage() {
    return new HtmlPage(HOSTILE, HOSTILE, HOSTILE)
        .section("first", HOSTILE)
        .heading(HOSTILE)
        .paragraph(HOSTILE)
        .note(HOSTILE)
        .keyFigures(List.of(new HtmlPage.KeyFigure(HOSTILE, HOSTILE, HOSTILE)))
        .notices(List.of(new HtmlPage.Notice(HOSTILE, HOSTILE, HOSTILE)))
        .table(
            new Table(
                HOSTILE,
                List.of(Column.words(HOSTILE), Column.numbers(HOSTILE)),
                List.of(
                    List.of(Cell.link(HOSTILE, "second"), Cell.drawn(Share.of(0.125, 80))),
                    List.of(Cell.of(HOSTILE, HOSTILE), Cell.of(12_345)))))
        .section("second", HOSTILE)
        .facts(HOSTILE, Map.of(HOSTILE, HOSTILE))
        .chart(chart(HOSTILE))
        .pictures(List.of(figure(0x123456, HOSTILE)))
        .finish();
  }

  @Test
  void pagesAreWellFormedAndNeedNothingFromElsewhere() {
    WellFormed.assertPage(hostilePage());
    WellFormed.assertPage(new HtmlPage("empty", "nothing", "nobody").finish());
  }

  @Test
  void namesAreTextWhateverTheyHold() {
    String page = hostilePage();
    // names in tables may be broken over lines
    String whole = page.replace("<wbr>", "");
    assertTrue(whole.split(Pattern.quote(ESCAPED), -1).length > 30, whole);
    assertFalse(page.contains("<script"));
    assertFalse(page.contains("\u202e") || page.contains("\u0000"));
  }

  @Test
  void namesBreakAfterSeparatorsAndNumbersNever() {
    assertEquals(
        "cifar10:<wbr>/tmp/<wbr>cifar", new Markup().breakable("cifar10:/tmp/cifar").toString());
    assertEquals("12.5 % of 12,345", new Markup().breakable("12.5 % of 12,345").toString());
    assertEquals("aaaaaaaaaaaaaaaa<wbr>aaaa", new Markup().breakable("a".repeat(20)).toString());
    assertEquals("", new Markup().breakable("").toString());
  }

  @Test
  void picturesAreInside() throws IOException {
    Matcher base64 = Pattern.compile("base64,([^\"]+)\"").matcher(hostilePage());
    assertTrue(base64.find());
    byte[] png = Base64.getDecoder().decode(base64.group(1));
    BufferedImage image = ImageIO.read(new ByteArrayInputStream(png));
    assertEquals(3, image.getWidth());
    assertEquals(0x123456, image.getRGB(2, 1) & 0xffffff);
  }

  @Test
  void sharesAreWordsAndDrawnToo() {
    String page = hostilePage();
    assertTrue(page.contains("12.5 %<small>6.9 to 21.5 %</small>"), page);
    assertTrue(page.contains("<rect class=\"filled\" x=\"0\" width=\"25\""), page);
    assertTrue(page.contains("12,345"), page);
  }

  /** It goes into an element whose text is not escaped by HTML's rules. */
  @Test
  void theStyleSheetHoldsNothingThatNeedsEscapes() throws IOException {
    try (InputStream in = HtmlPage.class.getResourceAsStream("page.css")) {
      String style = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      assertFalse(style.matches("(?s).*[<>&\"].*"));
      assertTrue(hostilePage().contains(style));
    }
  }

  @Test
  void chartsAreDrawnForBothWidthsWithTheirPointsInPlace() {
    String drawn = chart("c").drawn().toString();
    WellFormed.assertTags(drawn);
    assertEquals(2, drawn.split("role=\"img\"", -1).length - 1);
    // 52 left, 16 right, 12 above and 48 below on 720 x 340
    assertTrue(drawn.contains("points=\"52,40 704,264\""), drawn);
    assertTrue(drawn.contains("points=\"52,40 704,40 704,264\""), drawn);
    assertEquals(
        List.of(1.0, 2.0, 0.5, 5.0, 10.0),
        List.of(steps(5), steps(8), steps(2.5), steps(21), steps(50)));
  }

  private static double steps(double end) {
    return LineChart.step(end, 5);
  }

  @Test
  void whatDoesNotFitIsRefused() {
    List<Column> columns = List.of(Column.words("a"), Column.words("b"));
    List<List<Cell>> rows = List.of(List.of(Cell.of("one")));
    assertThrows(IllegalArgumentException.class, () -> new Table("t", columns, rows));
    Markup unfinished = new Markup().open("p");
    assertThrows(IllegalStateException.class, unfinished::toString);
  }
}
