package org.wardlock.cli.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.wardlock.cli.report.Table.Cell;
import org.wardlock.cli.report.Table.Column;

/**
 * An answer of which nothing is known but that it is JSON: single values become facts, lists of
 * objects tables with a column a field, and lists of lists of numbers tables with a column a place.
 * What is too wide for a page is several tables, each with the first column.
 */
final class PlainAnswer {
  private static final int MOST_COLUMNS = 9;

  private final Map<String, String> facts = new LinkedHashMap<>();
  private final List<Table> tables = new ArrayList<>();

  /** Sorts the fields of an answer; the config is provenance, and stands elsewhere. */
  PlainAnswer(Map<String, Object> content) {
    content.forEach(
        (name, value) -> {
          if (!name.equals("config")) {
            add(words(name), value);
          }
        });
  }

  Map<String, String> facts() {
    return facts;
  }

  List<Table> tables() {
    return tables;
  }

  private void add(String name, Object value) {
    switch (value) {
      case Map<?, ?> object -> object.forEach((field, inner) -> add(name + ", " + field, inner));
      case List<?> list when !list.isEmpty() && list.stream().allMatch(Map.class::isInstance) ->
          addTable(objects(name, list));
      case List<?> list when list.stream().anyMatch(List.class::isInstance) ->
          addTable(matrix(name, list));
      case null -> {}
      default -> facts.put(words(name), text(value));
    }
  }

  private void addTable(Table table) {
    int width = table.columns().size();
    if (width == 0) {
      return;
    }
    int start = 1;
    do {
      int first = start;
      int end = Math.min(width, first + MOST_COLUMNS - 1);
      String caption = first == 1 ? table.caption() : table.caption() + ", continued";
      List<List<Cell>> rows = table.rows().stream().map(row -> part(row, first, end)).toList();
      tables.add(new Table(caption, part(table.columns(), first, end), rows));
      start = end;
    } while (start < width);
  }

  private static <T> List<T> part(List<T> row, int start, int end) {
    List<T> part = new ArrayList<>(row.subList(0, 1));
    part.addAll(row.subList(start, end));
    return part;
  }

  private static Table objects(String name, List<?> list) {
    List<Map<String, Object>> rows = list.stream().map(PlainAnswer::flat).toList();
    Set<String> fields = new LinkedHashSet<>();
    rows.forEach(row -> fields.addAll(row.keySet()));
    List<Column> columns =
        fields.stream().map(field -> new Column(words(field), isNumber(rows, field))).toList();
    return new Table(
        name,
        columns,
        rows.stream()
            .map(row -> fields.stream().map(field -> Cell.of(text(row.get(field)))).toList())
            .toList());
  }

  private static boolean isNumber(List<Map<String, Object>> rows, String field) {
    return rows.stream().map(row -> row.get(field)).allMatch(v -> v == null || v instanceof Number);
  }

  /** An object's fields, those of objects in it under both names. */
  private static Map<String, Object> flat(Object object) {
    Map<String, Object> result = new LinkedHashMap<>();
    ((Map<?, ?>) object)
        .forEach(
            (field, value) -> {
              if (value instanceof Map<?, ?> inner) {
                flat(inner).forEach((name, one) -> result.put(field + ", " + name, one));
              } else {
                result.put(field.toString(), value);
              }
            });
    return result;
  }

  private static Table matrix(String name, List<?> rows) {
    int width =
        rows.stream().mapToInt(row -> row instanceof List<?> l ? l.size() : 1).max().orElse(0);
    List<Column> columns = new ArrayList<>(List.of(Column.words("")));
    IntStream.range(0, width).forEach(at -> columns.add(Column.numbers(Integer.toString(at))));
    List<List<Cell>> cells = new ArrayList<>();
    for (int at = 0; at < rows.size(); at++) {
      List<Cell> line = new ArrayList<>(List.of(Cell.of(Integer.toString(at))));
      List<?> row = rows.get(at) instanceof List<?> many ? many : List.of(rows.get(at));
      row.forEach(value -> line.add(Cell.of(text(value))));
      while (line.size() < columns.size()) {
        line.add(Cell.of(""));
      }
      cells.add(line);
    }
    return new Table(name, columns, cells);
  }

  private static String text(Object value) {
    return switch (value) {
      case null -> "";
      case Integer whole -> String.format(Locale.ROOT, "%,d", whole);
      case Long whole -> String.format(Locale.ROOT, "%,d", whole);
      case Number number -> number(number.doubleValue());
      case List<?> list -> list.stream().map(PlainAnswer::text).collect(Collectors.joining(", "));
      default -> value.toString();
    };
  }

  /** Four places, fewer where they are noughts; small numbers as they are best read. */
  private static String number(double value) {
    return Math.abs(value) < 1e-3 && value != 0
        ? String.format(Locale.ROOT, "%.3g", value)
        : String.format(Locale.ROOT, "%,.4f", value).replaceAll("0+$", "").replaceAll("\\.$", "");
  }

  private static String words(String name) {
    return name.replace('_', ' ');
  }
}
