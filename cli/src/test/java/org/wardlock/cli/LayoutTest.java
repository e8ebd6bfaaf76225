package org.wardlock.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wardlock.cli.report.HtmlPage;
import org.wardlock.cli.report.Table;

/**
 * The report in a real browser, on a wide screen and on a narrow one, light and dark: nothing
 * overlaps, nothing is cut, everything can be read.
 */
class LayoutTest {
  private static final int[] WIDTHS = {1280, 390};

  @TempDir private static Path folder;
  private static Chromium browser;
  private static String check;

  @BeforeAll
  static void startBrowser() throws IOException {
    Optional<Path> program = Chromium.find();
    assumeTrue(program.isPresent(), "no Chromium on the PATH: apt-get install chromium");
    browser = new Chromium(program.get(), Files.createDirectory(folder.resolve("profile")));
    try (InputStream in = LayoutTest.class.getResourceAsStream("layout.js")) {
      check = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @AfterAll
  static void stopBrowser() {
    if (browser != null) {
      browser.close();
    }
  }

  private static List<String> problems(Path page, int width, Chromium.Scheme scheme)
      throws IOException {
    browser.show(page, width, scheme);
    assertEquals(width, browser.evaluate("window.innerWidth").asInt());
    List<String> problems = new ArrayList<>();
    browser.evaluate(check).forEach(problem -> problems.add(problem.asText()));
    return problems;
  }

  private static void assertSound(Path page) throws IOException {
    for (int width : WIDTHS) {
      for (Chromium.Scheme scheme : Chromium.Scheme.values()) {
        assertEquals(List.of(), problems(page, width, scheme), width + " " + scheme);
      }
    }
  }

  @Test
  void reportsAreSoundAndNotBlank() throws IOException {
    Path page = folder.resolve("report.html");
    CommandRun.of("report", ReportedRuns.in(folder), "--out", page).assertDone();
    assertSound(page);
    Set<Integer> corners = new HashSet<>();
    for (Chromium.Scheme scheme : Chromium.Scheme.values()) {
      browser.show(page, 1280, scheme);
      BufferedImage seen = browser.screenshot();
      assertEquals(1280, seen.getWidth());
      assertTrue(seen.getHeight() > 3000, "a long page, found " + seen.getHeight());
      corners.add(seen.getRGB(0, 0));
      assertTrue(colours(seen).size() > 100, "pictures, charts and text have many colours");
    }
    assertEquals(2, corners.size(), "dark paper is another than light");
  }

  private static Set<Integer> colours(BufferedImage image) {
    Set<Integer> colours = new HashSet<>();
    for (int y = 0; y < image.getHeight(); y += 3) {
      for (int x = 0; x < image.getWidth(); x += 3) {
        colours.add(image.getRGB(x, y));
      }
    }
    return colours;
  }

  @Test
  void theDemosPageIsSound() throws IOException {
    assertSound(Files.writeString(folder.resolve("demo.html"), DemoPageTest.page()));
  }

  @Test
  void longNamesBreakNothing() throws IOException {
    String unbroken = "n".repeat(150);
    String path = "/a/rather/long/path/".repeat(8);
    var columns = new ArrayList<Table.Column>();
    var row = new ArrayList<Table.Cell>();
    for (String name : List.of("Run", "Kind", "Model", "Key", "Data", "Clean accuracy")) {
      columns.add(Table.Column.words(name));
      row.add(Table.Cell.of(row.size() % 2 == 0 ? unbroken : path, unbroken));
    }
    String page =
        new HtmlPage(unbroken, path, unbroken)
            .section("a", unbroken)
            .table(new Table(path, columns, List.of(row, row)))
            .paragraph(unbroken)
            .keyFigures(List.of(new HtmlPage.KeyFigure(unbroken, unbroken, path)))
            .notices(List.of(new HtmlPage.Notice(unbroken, path, unbroken)))
            .section("b", path)
            .facts(unbroken, Map.of(unbroken, path, path, unbroken))
            .finish();
    assertSound(Files.writeString(folder.resolve("long.html"), page));
  }

  /** A check that finds nothing here would find nothing anywhere. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          <p>one</p><p style='margin-top:-1.5em'>two</p>                                  | overlap
          <div style='position:absolute;top:1em'>over</div><p>under it</p>                  | overlap
          <p style='width:900px;background:#eee'>wide</p>                                 | wide, the window
          <p style='white-space:nowrap;width:50px'>longer than its own box is</p>         | sticks out of <p>
          <p style='overflow:hidden;white-space:nowrap;width:50px'>longer than its box</p> | cut
          <p style='height:8px;overflow:hidden'>two<br>lines</p>                          | sticks out
          <p style='margin-left:-40px'>cut at the left</p>                                | outside of the window
          <p style='color:#bbb'>faint</p>                                                 | faint
          <p style='font-size:7px'>small</p>                                              | too small
          <svg viewBox='0 0 100 20' width='300'><text x='80' y='15'>cut by it</text></svg> | cut by the chart
          <img src='data:image/png;base64,AAAA' alt='broken'>                             | not shown: broken
          """)
  void whatIsWrongIsFound(String body, String expected) throws IOException {
    Path page = folder.resolve("planted.html");
    Files.writeString(
        page, "<!doctype html><meta charset='utf-8'><style>p{margin:1em 0}</style>" + body);
    List<String> found = problems(page, 390, Chromium.Scheme.LIGHT);
    assertTrue(found.stream().anyMatch(problem -> problem.contains(expected)), found.toString());
  }

  @Test
  void whatIsSoundIsNotComplainedOf() throws IOException {
    Path page = folder.resolve("sound.html");
    Files.writeString(
        page,
        "<!doctype html><meta charset='utf-8'><p>one <b>bold</b> and <i>so on, which takes several"
            + " lines on a narrow screen</i></p><p>two</p>");
    assertSound(page);
  }
}
