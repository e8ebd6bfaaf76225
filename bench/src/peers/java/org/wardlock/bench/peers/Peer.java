package org.wardlock.bench.peers;

import java.util.List;

/**
 * Someone whom we are measured beside.
 *
 * @param kind who
 * @param processes one for each allocator, at least one
 */
record Peer(Setup.Kind kind, List<WorkerProcess> processes) {
  /** The ways in which it can compute a row; none if it cannot. */
  List<String> variants(Row row) {
    String answer = processes.getFirst().ask("variants", row.label());
    return answer.isEmpty() ? List.of() : List.of(answer.split("\t"));
  }
}
