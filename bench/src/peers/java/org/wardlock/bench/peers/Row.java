package org.wardlock.bench.peers;

import java.util.List;
import java.util.stream.Stream;

/** What is measured: one line of the table. */
sealed interface Row permits ProductRow, ModelRow {
  /** Its name, of which users select by parts. */
  String label();

  /** Floating-point operations of one iteration, a multiplication and an addition being two. */
  double flops();

  /** In what its speed is given. */
  String unit();

  /** How many of them one iteration makes. */
  double units();

  /** Every row there is. */
  static List<Row> all() {
    return Stream.<Row>concat(ProductRow.all().stream(), ModelRow.all().stream()).toList();
  }

  /** The row of that name. */
  static Row named(String label) {
    return all().stream()
        .filter(row -> row.label().equals(label))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("row '" + label + "': there is none"));
  }
}
