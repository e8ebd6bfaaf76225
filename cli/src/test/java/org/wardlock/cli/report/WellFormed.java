package org.wardlock.cli.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What every page of ours must be, whatever it shows. */
public final class WellFormed {
  private static final Set<String> WITHOUT_END = Set.of("meta", "img", "wbr");
  private static final Pattern TAG =
      Pattern.compile("<(/?)([a-z][a-z0-9]*)((?:\\s+[a-zA-Z0-9-]+=\"[^\"<>]*\")*)>");

  private WellFormed() {}

  /**
   * Every tag has its end in the right place, nothing else looks like one, nothing comes from
   * elsewhere, and links lead to what is there.
   */
  public static void assertPage(String page) {
    assertTrue(page.startsWith("<!doctype html>\n"), "document type");
    assertTags(page.substring("<!doctype html>".length()));
    assertFalse(page.matches("(?is).*(https?:|url\\(|@import|<script|<link|<iframe| on[a-z]+=).*"));
    Set<String> ids = new HashSet<>();
    attributes(page, "id").forEach(id -> assertTrue(ids.add(id), "twice: " + id));
    for (String place : attributes(page, "href")) {
      assertTrue(place.startsWith("#") && ids.contains(place.substring(1)), place);
    }
    attributes(page, "src")
        .forEach(source -> assertTrue(source.startsWith("data:image/png;base64,")));
    int pictures = page.split("<img ", -1).length - 1;
    assertEquals(
        pictures, attributes(page, "alt").stream().filter(text -> !text.isBlank()).count());
    int tables = page.split("<table ", -1).length - 1;
    assertEquals(tables, page.split("<caption>", -1).length - 1, "captions of tables");
    assertFalse(page.contains("<th>"), "heads without scope");
  }

  static void assertTags(String markup) {
    Deque<String> open = new ArrayDeque<>();
    Matcher tags = TAG.matcher(markup);
    int at = 0;
    while (tags.find()) {
      String between = markup.substring(at, tags.start());
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
    assertEquals("", markup.substring(at).strip());
  }

  /** The values of an attribute, wherever it stands. */
  static List<String> attributes(String page, String name) {
    var values = new ArrayList<String>();
    Matcher found = Pattern.compile(" " + name + "=\"([^\"]*)\"").matcher(page);
    while (found.find()) {
      values.add(found.group(1));
    }
    return values;
  }
}
