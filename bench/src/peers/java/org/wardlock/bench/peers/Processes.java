package org.wardlock.bench.peers;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The processes of one comparison.
 *
 * @param wardlock ours
 * @param peers the others
 */
record Processes(WorkerProcess wardlock, List<Peer> peers) implements AutoCloseable {
  /** Starts them all. */
  static Processes start(int threads) throws IOException {
    var wardlock = new WorkerProcess(Setup.WARDLOCK, threads);
    var peers = new ArrayList<Peer>();
    for (Setup.Kind kind : Setup.Kind.PEERS) {
      var processes = new ArrayList<WorkerProcess>();
      for (Setup setup : Setup.of(kind)) {
        processes.add(new WorkerProcess(setup, threads));
      }
      peers.add(new Peer(kind, List.copyOf(processes)));
    }
    return new Processes(wardlock, List.copyOf(peers));
  }

  /** The peers' processes, whosever they are. */
  Stream<WorkerProcess> ofPeers() {
    return peers.stream().flatMap(peer -> peer.processes().stream());
  }

  /** Gives up what was made ready. */
  void closeSubjects() {
    wardlock.ask("close");
    ofPeers().forEach(process -> process.ask("close"));
  }

  /** Ends them. */
  @Override
  public void close() {
    wardlock.close();
    ofPeers().forEach(WorkerProcess::close);
  }
}
