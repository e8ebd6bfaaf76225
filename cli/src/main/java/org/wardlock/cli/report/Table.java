package org.wardlock.cli.report;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A table with a caption. The first cell of a row is its head.
 *
 * @param caption what it is about
 * @param columns heads
 * @param rows of as many cells as there are columns
 */
public record Table(String caption, List<Column> columns, List<List<Cell>> rows) {
  /** Checks that rows are as long as the head. */
  public Table {
    columns = List.copyOf(columns);
    rows = rows.stream().map(List::copyOf).toList();
    for (List<Cell> row : rows) {
      if (row.size() != columns.size()) {
        throw new IllegalArgumentException(
            "table: %d cells under %d heads".formatted(row.size(), columns.size()));
      }
    }
  }

  /** Whether it fits on narrow screens as it is: a name and some short numbers beside. */
  boolean isCompact() {
    boolean plain =
        rows.stream()
            .flatMap(List::stream)
            .allMatch(cell -> cell.detail().isEmpty() && cell.bar().isEmpty());
    return columns.size() <= 2
        || (columns.size() <= 4 && plain && columns.stream().skip(1).allMatch(Column::number));
  }

  /**
   * A column's head.
   *
   * @param number whether what stands under it is set to the right
   */
  public record Column(String name, boolean number) {
    /** A column of words. */
    public static Column words(String name) {
      return new Column(name, false);
    }

    /** A column of numbers. */
    public static Column numbers(String name) {
      return new Column(name, true);
    }
  }

  /**
   * What stands in a row under a head.
   *
   * @param text the main thing
   * @param detail beneath it, smaller; may be empty
   * @param anchor the section of the page that the text leads to, if any
   * @param bar a share to be drawn beneath, with its interval
   */
  public record Cell(String text, String detail, Optional<String> anchor, Optional<Share> bar) {
    /** Text alone. */
    public static Cell of(String text) {
      return new Cell(text, "", Optional.empty(), Optional.empty());
    }

    /** Text with something smaller beneath. */
    public static Cell of(String text, String detail) {
      return new Cell(text, detail, Optional.empty(), Optional.empty());
    }

    /** Text that leads to a section. */
    public static Cell link(String text, String anchor) {
      return new Cell(text, "", Optional.of(anchor), Optional.empty());
    }

    /** A whole number. */
    public static Cell of(long count) {
      return of(String.format(Locale.ROOT, "%,d", count));
    }

    /** A share with its interval, drawn too. */
    public static Cell drawn(Share share) {
      return new Cell(share.text(), share.intervalText(), Optional.empty(), Optional.of(share));
    }

    /** A share with its interval. */
    public static Cell of(Share share) {
      return of(share.text(), share.intervalText());
    }
  }
}
