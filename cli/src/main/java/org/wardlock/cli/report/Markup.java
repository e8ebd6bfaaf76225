package org.wardlock.cli.report;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;

/**
 * HTML and SVG, element by element. Text stays text whatever it holds, attributes cannot be left,
 * and what was opened is closed in the right order: nothing else writes markup.
 */
final class Markup {
  private static final Set<String> WITHOUT_END = Set.of("meta", "img", "wbr");

  /**
   * After which of them a long name may go on in the next line, and after how many letters at most.
   */
  private static final String SEPARATORS = "/\\:,;.=-_@&?";

  private static final int LONGEST_WORD = 16;

  private final StringBuilder out = new StringBuilder();
  private final Deque<String> open = new ArrayDeque<>();

  /**
   * Opens an element.
   *
   * @param attributes names and values in turn
   */
  Markup open(String element, String... attributes) {
    out.append('<').append(element);
    for (int i = 0; i < attributes.length; i += 2) {
      out.append(' ').append(attributes[i]).append("=\"");
      escape(attributes[i + 1]);
      out.append('"');
    }
    out.append('>');
    if (!WITHOUT_END.contains(element)) {
      open.push(element);
    }
    return this;
  }

  /** Closes what was opened last. */
  Markup close() {
    out.append("</").append(open.pop()).append('>');
    return this;
  }

  /** Closes what was opened last and begins a line: for elements that stand apart. */
  Markup closeLine() {
    close();
    out.append('\n');
    return this;
  }

  /** Text, whatever it holds. */
  Markup text(String text) {
    escape(text);
    return this;
  }

  /**
   * Text that may be broken where no word ends: after separators, and within what is long without
   * any. Names in narrow columns want it.
   */
  Markup breakable(String text) {
    int letters = 0;
    int begun = 0;
    for (int at = 0; at < text.length(); at = text.offsetByCodePoints(at, 1)) {
      int next = text.offsetByCodePoints(at, 1);
      int code = text.codePointAt(at);
      letters = Character.isWhitespace(code) ? 0 : letters + 1;
      boolean separates = letters > 2 && SEPARATORS.indexOf(code) >= 0 && !isInNumber(text, at);
      if ((separates || letters >= LONGEST_WORD) && next < text.length()) {
        text(text.substring(begun, next)).empty("wbr");
        begun = next;
        letters = 0;
      }
    }
    return text(text.substring(begun));
  }

  /** Whether what stands there has digits on both sides. */
  private static boolean isInNumber(String text, int at) {
    return at > 0
        && at + 1 < text.length()
        && Character.isDigit(text.charAt(at - 1))
        && Character.isDigit(text.charAt(at + 1));
  }

  /** An element that holds text alone. */
  Markup element(String element, String text, String... attributes) {
    return open(element, attributes).text(text).close();
  }

  /** An element that holds nothing. */
  Markup empty(String element, String... attributes) {
    open(element, attributes);
    return WITHOUT_END.contains(element) ? this : close();
  }

  /** What was written elsewhere, whole. */
  Markup append(Markup other) {
    out.append(other);
    return this;
  }

  private void escape(String text) {
    text.codePoints()
        .forEach(
            code -> {
              switch (code) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '"' -> out.append("&quot;");
                default -> out.appendCodePoint(isShown(code) ? code : 0xFFFD);
              }
            });
  }

  /** Not what is no character, breaks the page or turns the order of what stands around it. */
  private static boolean isShown(int code) {
    return code == '\n'
        || switch (Character.getType(code)) {
          case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.UNASSIGNED ->
              false;
          default -> true;
        };
  }

  /** All of it. */
  @Override
  public String toString() {
    if (!open.isEmpty()) {
      throw new IllegalStateException("markup: " + open + " not closed");
    }
    return out.toString();
  }
}
