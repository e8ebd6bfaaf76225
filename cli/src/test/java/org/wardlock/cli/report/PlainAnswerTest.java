package org.wardlock.cli.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Answers of commands that the page knows nothing of. */
class PlainAnswerTest {
  private static List<String> texts(List<Table.Cell> row) {
    return row.stream().map(Table.Cell::text).toList();
  }

  @Test
  void singleValuesAreFactsAndTheConfigIsNone() {
    Map<String, Object> content = new LinkedHashMap<>();
    content.put("copy_top1", 0.25);
    content.put("queries", 12_345);
    content.put("interval", List.of(0.1, 0.00012345));
    content.put("transfer", Map.of("images", 10));
    content.put("config", Map.of("seed", 1));
    content.put("absent", null);
    PlainAnswer answer = new PlainAnswer(content);
    assertEquals(
        Map.of(
            "copy top1", "0.25",
            "queries", "12,345",
            "interval", "0.1, 0.000123",
            "transfer, images", "10"),
        answer.facts());
    assertTrue(answer.tables().isEmpty());
  }

  @Test
  void objectsAreRowsWhetherOrNotTheyHaveTheSameFields() {
    Map<String, Object> content =
        Map.of(
            "rows",
            List.of(
                Map.of("variant", "none"),
                Map.of("variant", "table", "attacks", Map.of("pgd", 2))));
    Table table = new PlainAnswer(content).tables().getFirst();
    assertEquals("rows", table.caption());
    assertTrue(table.columns().stream().anyMatch(column -> column.name().equals("attacks, pgd")));
    assertEquals(List.of("none", ""), texts(table.rows().get(0)));
    assertEquals(2, table.rows().size());
  }

  @Test
  void wideTablesAreSeveralWithTheSameFirstColumnAndNothingIsLost() {
    List<Integer> row = IntStream.range(100, 120).boxed().toList();
    List<Table> tables = new PlainAnswer(Map.of("transfer", List.of(row))).tables();
    assertEquals(3, tables.size());
    List<String> shown = new ArrayList<>();
    for (Table table : tables) {
      List<String> cells = texts(table.rows().getFirst());
      assertEquals("0", cells.getFirst());
      shown.addAll(cells.subList(1, cells.size()));
    }
    assertEquals(row.stream().map(value -> Integer.toString(value)).toList(), shown);
    assertEquals("transfer, continued", tables.get(1).caption());
  }

  @Test
  void objectsWithoutFieldsAreNoTable() {
    assertTrue(new PlainAnswer(Map.of("rows", List.of(Map.of()))).tables().isEmpty());
  }

  @Test
  void aTableOfOneColumnStaysOne() {
    List<Table> tables = new PlainAnswer(Map.of("rows", List.of(Map.of("name", "a")))).tables();
    assertEquals(1, tables.size());
    assertEquals(List.of("a"), texts(tables.getFirst().rows().getFirst()));
  }
}
