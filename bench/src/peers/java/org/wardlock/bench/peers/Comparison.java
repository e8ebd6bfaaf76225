package org.wardlock.bench.peers;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Measures a row: everybody warms up, the peers' ways that are far from their fastest drop out, and
 * then ours and each way left are measured in turn, the order turning round from pair to pair.
 *
 * @param pairs how often
 * @param seconds how long a measurement takes, at least
 * @param folder for numbers between processes
 * @param log what happens meanwhile
 */
record Comparison(int pairs, double seconds, Path folder, Consumer<String> log) {
  /** Larger differences are other computations. */
  private static final double TOLERANCE = 1e-3;

  private static final double WARM_UP = 3;
  private static final double PEERS_WARM_UP = 0.5;
  private static final double CLOSE = 1.15;

  /**
   * Ours beside the best of the others.
   *
   * @param row what was computed
   * @param threads it was given
   * @param seconds of one of our iterations, the median
   * @param difference of the outcomes, over the largest magnitude
   * @param best way of the others
   * @param bestSeconds of one of its iterations, the median
   * @param ratio its time over ours, the median of pairs
   */
  record Result(
      Row row,
      int threads,
      double seconds,
      double difference,
      String best,
      double bestSeconds,
      double ratio) {}

  Result measure(Row row, int threads, WorkerProcess wardlock, List<WorkerProcess> peers)
      throws IOException {
    Contestant ours = Contestant.open(wardlock, row, "");
    float[] expected = ours.outcome(folder);
    var others = new ArrayList<Contestant>();
    double largest = 0;
    for (WorkerProcess peer : peers) {
      for (String variant : peer.ask("variants", row.label()).split("\t")) {
        Contestant other = Contestant.open(peer, row, variant);
        double difference = Values.relativeDifference(expected, other.outcome(folder));
        if (!(difference <= TOLERANCE)) {
          throw new IllegalStateException(
              "%s, %s: computes something else, difference %.1e, at most %.0e expected"
                  .formatted(row.label(), other.label(), difference, TOLERANCE));
        }
        largest = Math.max(largest, difference);
        others.add(other);
      }
    }
    Map<Contestant, List<Double>> times = measure(ours, fastest(others, ours));
    Contestant best =
        times.keySet().stream()
            .filter(contestant -> contestant != ours)
            .min(Comparator.comparingDouble(other -> ratio(times, ours, other)))
            .orElseThrow();
    wardlock.ask("close");
    peers.forEach(peer -> peer.ask("close"));
    return new Result(
        row,
        threads,
        median(times.get(ours)),
        largest,
        best.label(),
        median(times.get(best)),
        ratio(times, ours, best));
  }

  private List<Contestant> fastest(List<Contestant> others, Contestant ours) {
    ours.seconds(WARM_UP);
    Map<Contestant, Double> heats = new HashMap<>();
    for (Contestant other : others) {
      other.seconds(PEERS_WARM_UP);
      heats.put(other, other.seconds(seconds));
    }
    double fastest = heats.values().stream().mapToDouble(x -> x).min().orElseThrow();
    heats.forEach(
        (other, time) -> log.accept("  %s: %.1f ms".formatted(other.label(), 1e3 * time)));
    return others.stream().filter(other -> heats.get(other) <= CLOSE * fastest).toList();
  }

  private Map<Contestant, List<Double>> measure(Contestant ours, List<Contestant> others) {
    Map<Contestant, List<Double>> times = new HashMap<>();
    var order = new ArrayList<>(others);
    order.addFirst(ours);
    for (int pair = 0; pair < pairs; pair++) {
      for (Contestant contestant : order) {
        times.computeIfAbsent(contestant, _ -> new ArrayList<>()).add(contestant.seconds(seconds));
      }
      order = new ArrayList<>(order.reversed());
    }
    return times;
  }

  private static double ratio(
      Map<Contestant, List<Double>> times, Contestant ours, Contestant other) {
    var ratios = new ArrayList<Double>();
    for (int i = 0; i < times.get(ours).size(); i++) {
      ratios.add(times.get(other).get(i) / times.get(ours).get(i));
    }
    return median(ratios);
  }

  private static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    int half = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(half)
        : (sorted.get(half - 1) + sorted.get(half)) / 2;
  }
}
