package org.wardlock.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.wardlock.attacks.Rational;
import org.wardlock.attacks.Threat;
import org.wardlock.attacks.evaluation.AttackReport;
import org.wardlock.nn.evaluate.Evaluation;

/** The pages of reports: whole, self-contained, and safe whatever names they show. */
class HtmlPageTest {
  private static final String HOSTILE = "<script>alert(\"1\")</script> & 'co' </table>";
  private static final String ESCAPED =
      "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; 'co' &lt;/table&gt;";
  private static final Set<String> WITHOUT_END = Set.of("meta", "img");
  private static final Pattern TAG =
      Pattern.compile("<(/?)([a-z][a-z0-9]*)((?:\\s+[a-z]+=\"[^\"<>]*\")*)>");

  private static HtmlPage.Figure figure(int color, String text) {
    var image = new BufferedImage(3, 2, BufferedImage.TYPE_INT_RGB);
    image.setRGB(2, 1, color);
    return new HtmlPage.Figure(List.of(new HtmlPage.Picture(image, text)), text);
  }

  private static String hostilePage() throws IOException {
    return new HtmlPage(HOSTILE)
        .heading(HOSTILE)
        .paragraph(HOSTILE)
        .table(List.of(HOSTILE, "b"), List.of(List.of(HOSTILE, "12.5 %"), List.of("x", "-3")))
        .pictures(List.of(figure(0x123456, HOSTILE)))
        .footer(HOSTILE)
        .toString();
  }

  private static String demoPage() throws IOException {
    var line = new AttackReport.Line("pgd", 0.25, 1.5, 40, 40);
    var report = new AttackReport(200, 0.95, 0.25, 0.25, 8.0 / 255, List.of(line));
    var outcomes =
        List.of(
            new DemoAttacks.Outcome(HOSTILE, report, List.of(figure(0xffffff, "ring"))),
            new DemoAttacks.Outcome("key known", report, List.of()),
            new DemoAttacks.Outcome("carried", report, List.of()));
    var evaluation = new Evaluation(2000, 2000, 1900, 2000, 100, 1);
    return new DemoFindings(
            evaluation,
            evaluation,
            new WrongKeys(MeanInterval.of(0.125, 0.375)),
            outcomes,
            Threat.linf(Rational.of(8, 255)),
            0)
        .page()
        .toString();
  }

  /** Every tag has its end in the right place, and nothing else looks like one. */
  private static void assertWellFormed(String page) {
    assertTrue(page.startsWith("<!doctype html>\n"), "document type");
    String rest = page.substring("<!doctype html>".length());
    Deque<String> open = new ArrayDeque<>();
    Matcher tags = TAG.matcher(rest);
    int at = 0;
    while (tags.find()) {
      String between = rest.substring(at, tags.start());
      assertFalse(between.contains("<") || between.contains(">"), between);
      assertFalse(between.matches("(?s).*&(?!(amp|lt|gt|quot);).*"), between);
      at = tags.end();
      if (!tags.group(1).isEmpty()) {
        assertEquals(tags.group(2), open.poll());
      } else if (!WITHOUT_END.contains(tags.group(2))) {
        open.push(tags.group(2));
      }
    }
    assertEquals(List.of(), List.copyOf(open));
    assertEquals("", rest.substring(at).strip());
  }

  @Test
  void pagesAreWellFormed() throws IOException {
    assertWellFormed(hostilePage());
    assertWellFormed(demoPage());
  }

  @Test
  void namesAreTextWhateverTheyHold() throws IOException {
    String page = hostilePage();
    // title, first heading, heading, paragraph, head, cell, description, caption, footer
    assertEquals(10, page.split(Pattern.quote(ESCAPED), -1).length);
    assertFalse(page.contains("<script"));
    assertTrue(demoPage().contains(ESCAPED));
  }

  @Test
  void nothingIsFetchedFromElsewhere() throws IOException {
    for (String page : List.of(hostilePage(), demoPage())) {
      assertFalse(page.matches("(?is).*(https?:|url\\(|@import|<script|<link|<iframe).*"));
      var sources = new ArrayList<String>();
      Matcher source = Pattern.compile("(?:src|href)=\"([^\"]*)\"").matcher(page);
      while (source.find()) {
        sources.add(source.group(1));
      }
      assertEquals(1, sources.size());
      assertTrue(sources.getFirst().startsWith("data:image/png;base64,"));
    }
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
  void numbersStandToTheRight() throws IOException {
    String page = hostilePage();
    assertTrue(page.contains("<td class=\"number\">12.5 %</td>"));
    assertTrue(page.contains("<td class=\"number\">-3</td>"));
    assertTrue(page.contains("<td>x</td>"));
  }

  @Test
  void theDemosPageSaysWhatWasFound() throws IOException {
    String page = demoPage();
    for (String found : List.of("95.0 %", "25.0 %", "12.5 %", "37.5 %", "0.031373", "linf 8/255")) {
      assertTrue(page.contains(found), found);
    }
  }
}
