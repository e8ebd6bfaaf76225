package org.wardlock.bench.peers;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Measures a row. Everybody warms up; the peer's ways that are far from its fastest drop out; then
 * ours and each way left are measured in turn, the order turning round from pair to pair.
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
  private static final double CLOSE = 1.1;
  private static final int MOST_WAYS = 3;

  /**
   * Ours beside the best of the others.
   *
   * @param seconds of one of our iterations, the median
   * @param difference of the outcomes, over the largest magnitude
   * @param best way of the others
   * @param bestSeconds of one of its iterations, the median
   * @param ratio its time over ours, the median of pairs
   * @param memory that our iterations needed beyond the model, bytes
   * @param peersMemory that theirs did, the least of all allocators but the first, whose process
   *     holds more
   */
  record Result(
      double seconds,
      double difference,
      String best,
      double bestSeconds,
      double ratio,
      long memory,
      long peersMemory) {}

  /**
   * Measures a row in processes that hold nothing else.
   *
   * @throws IllegalStateException if a peer computes something else
   */
  Result measure(Row row, Processes processes) throws IOException {
    Contestant ours = Contestant.open(processes.wardlock(), row, "");
    float[] expected = ours.outcome(folder);
    long memory = ours.memoryGrowth(WARM_UP);
    double difference = 0;
    long peersMemory = Long.MAX_VALUE;
    Map<Contestant, Double> heats = new HashMap<>();
    WorkerProcess first = processes.peers().getFirst();
    for (String variant : first.ask("variants", row.label()).split("\t")) {
      Contestant way = Contestant.open(first, row, variant);
      difference = Math.max(difference, difference(row, way, expected));
      heats.put(way, heat(way));
    }
    String variant =
        Collections.min(heats.entrySet(), Map.Entry.comparingByValue()).getKey().variant();
    for (WorkerProcess peer : processes.peers().subList(1, processes.peers().size())) {
      Contestant way = Contestant.open(peer, row, variant);
      peersMemory = Math.min(peersMemory, way.memoryGrowth(seconds));
      heats.put(way, heat(way));
    }
    Map<Contestant, List<Double>> times = measure(ours, fastest(heats));
    Contestant best =
        times.keySet().stream()
            .filter(contestant -> contestant != ours)
            .min(Comparator.comparingDouble(other -> ratio(times, ours, other)))
            .orElseThrow();
    processes.closeSubjects();
    return new Result(
        median(times.get(ours)),
        difference,
        best.label(),
        median(times.get(best)),
        ratio(times, ours, best),
        memory,
        peersMemory);
  }

  private double difference(Row row, Contestant way, float[] expected) throws IOException {
    double difference = Values.relativeDifference(expected, way.outcome(folder));
    if (!(difference <= TOLERANCE)) {
      throw new IllegalStateException(
          "%s, %s: not timed, as it computes something else: difference %.1e, expected at most %.0e"
              .formatted(row.label(), way.label(), difference, TOLERANCE));
    }
    return difference;
  }

  private double heat(Contestant way) {
    way.seconds(seconds);
    double time = way.seconds(seconds);
    log.accept("  %s: %.1f ms".formatted(way.label(), 1e3 * time));
    return time;
  }

  private static List<Contestant> fastest(Map<Contestant, Double> heats) {
    double limit = CLOSE * heats.values().stream().mapToDouble(time -> time).min().orElseThrow();
    return heats.keySet().stream()
        .filter(way -> heats.get(way) <= limit)
        .sorted(Comparator.comparing(heats::get))
        .limit(MOST_WAYS)
        .toList();
  }

  private Map<Contestant, List<Double>> measure(Contestant ours, List<Contestant> others) {
    Map<Contestant, List<Double>> times = new HashMap<>();
    List<Contestant> order = new ArrayList<>(others);
    order.addFirst(ours);
    for (int pair = 0; pair < pairs; pair++) {
      for (Contestant contestant : order) {
        times.computeIfAbsent(contestant, _ -> new ArrayList<>()).add(contestant.seconds(seconds));
      }
      order = order.reversed();
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
