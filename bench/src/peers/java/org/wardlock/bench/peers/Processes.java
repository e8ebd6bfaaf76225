package org.wardlock.bench.peers;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The processes of one comparison.
 *
 * @param wardlock ours
 * @param peers the others, at least one
 */
record Processes(WorkerProcess wardlock, List<WorkerProcess> peers) implements AutoCloseable {
  /** Starts them all. */
  static Processes start(int threads) throws IOException {
    var wardlock = new WorkerProcess(Setup.WARDLOCK, threads);
    var peers = new ArrayList<WorkerProcess>();
    for (Setup setup : Setup.pytorch()) {
      peers.add(new WorkerProcess(setup, threads));
    }
    return new Processes(wardlock, List.copyOf(peers));
  }

  /** Gives up what was made ready. */
  void closeSubjects() {
    wardlock.ask("close");
    peers.forEach(peer -> peer.ask("close"));
  }

  /** Ends them. */
  @Override
  public void close() {
    wardlock.close();
    peers.forEach(WorkerProcess::close);
  }
}
