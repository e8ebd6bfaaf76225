package org.wardlock.cli;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.wardlock.data.Dataset;

/**
 * One of several equal parts of a data set: parts differ by one picture at most, and follow each
 * other in its order.
 *
 * @param part from 1
 * @param parts how many there are
 */
record Shard(int part, int parts) {
  private static final Pattern FORM = Pattern.compile("([0-9]{1,6})/([0-9]{1,6})");

  /** Reads {@code i/n}. */
  static Shard parse(String text) {
    Matcher fields = FORM.matcher(text);
    if (fields.matches()) {
      int part = Integer.parseInt(fields.group(1));
      int parts = Integer.parseInt(fields.group(2));
      if (part >= 1 && part <= parts) {
        return new Shard(part, parts);
      }
    }
    throw new InputException(
        "--shard " + text + ": expected i/n with i from 1 to n, such as 1/4 for the first of four");
  }

  /** That part of a data set. */
  Dataset of(Dataset whole) {
    int start = (int) ((long) whole.size() * (part - 1) / parts);
    int end = (int) ((long) whole.size() * part / parts);
    if (start == end) {
      throw new InputException(
          "--shard %d/%d: nothing is left for this part of %d pictures"
              .formatted(part, parts, whole.size()));
    }
    return whole.slice(start, end);
  }
}
