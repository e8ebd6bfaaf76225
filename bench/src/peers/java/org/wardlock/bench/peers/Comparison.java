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
 * Measures a row beside one peer after the other. Everybody warms up; the peer's ways that are far
 * from its fastest drop out; then ours and each way left are measured in turn, the order turning
 * round from pair to pair.
 *
 * @param pairs how often
 * @param seconds how long a measurement takes, at least
 * @param folder for numbers between processes
 * @param log what happens meanwhile
 */
record Comparison(int pairs, double seconds, Path folder, Consumer<String> log) {
  /** Larger differences are other computations, unless rounding alone makes such. */
  private static final double TOLERANCE = 1e-3;

  /** Every operation rounds, not just the pixels. */
  private static final double ROUNDINGS = 10;

  /** Whatever rounding does, a larger difference proves nothing. */
  private static final double LARGEST_TOLERANCE = 0.1;

  private static final double WARM_UP = 3;
  private static final double CLOSE = 1.1;
  private static final int MOST_WAYS = 3;

  /** Measures a row beside every peer that can compute it. */
  List<Finding> measure(Row row, Processes processes) throws IOException {
    float[] moved = moved(row, processes.wardlock());
    Contestant ours = Contestant.open(processes.wardlock(), row, "");
    float[] expected = ours.outcome(folder);
    double tolerance = tolerance(expected, moved);
    ours.seconds(WARM_UP);
    var findings = new ArrayList<Finding>();
    for (Peer peer : processes.peers()) {
      List<String> variants = peer.variants(row);
      if (!variants.isEmpty()) {
        findings.add(measure(row, ours, expected, tolerance, peer, variants));
      }
    }
    processes.closeSubjects();
    return List.copyOf(findings);
  }

  /**
   * What may be rounding: some models, with ReLU and with an optimiser that looks at signs, answer
   * a millionth of their pixels with much more.
   */
  private double tolerance(float[] expected, float... moved) {
    if (moved.length == 0) {
      return TOLERANCE;
    }
    double sensitivity = Values.relativeDifference(expected, moved);
    log.accept("  pixels moved by a millionth: %.1e".formatted(sensitivity));
    return Math.clamp(ROUNDINGS * sensitivity, TOLERANCE, LARGEST_TOLERANCE);
  }

  /** What a model answers when its pixels are moved; nothing for products. */
  private float[] moved(Row row, WorkerProcess wardlock) throws IOException {
    if (!(row instanceof ModelRow)) {
      return new float[0];
    }
    float[] outcome = Contestant.open(wardlock, row, WardlockEngine.MOVED).outcome(folder);
    wardlock.ask("close");
    return outcome;
  }

  private Finding measure(
      Row row,
      Contestant ours,
      float[] expected,
      double tolerance,
      Peer peer,
      List<String> variants)
      throws IOException {
    List<WorkerProcess> allocators = peer.processes();
    double difference = 0;
    Map<Contestant, Double> heats = new HashMap<>();
    for (String variant : variants) {
      Contestant way = Contestant.open(allocators.getFirst(), row, variant);
      double found = Values.relativeDifference(expected, way.outcome(folder));
      if (!(found <= tolerance)) {
        return new Finding.Differs(peer.kind(), found, tolerance, way);
      }
      difference = Math.max(difference, found);
      heats.put(way, heat(way));
    }
    Contestant first = Collections.min(heats.entrySet(), Map.Entry.comparingByValue()).getKey();
    for (WorkerProcess process : allocators.subList(1, allocators.size())) {
      Contestant way = Contestant.open(process, row, first.variant());
      heats.put(way, heat(way));
    }
    List<Double> peaks = new ArrayList<>();
    Map<Contestant, List<Double>> times = measure(ours, fastest(heats), peaks);
    List<Double> own = times.remove(ours);
    Contestant best =
        times.keySet().stream()
            .min(Comparator.comparingDouble(other -> ratio(own, times.get(other))))
            .orElseThrow();
    return new Finding.Measured(
        peer.kind(),
        difference,
        tolerance,
        median(own),
        median(peaks),
        best,
        median(times.get(best)),
        ratio(own, times.get(best)));
  }

  private double heat(Contestant way) {
    way.seconds(seconds);
    double time = way.seconds(seconds);
    log.accept(
        "  %s, %s: %.1f ms"
            .formatted(way.process().setup().engine().title(), way.label(), 1e3 * time));
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

  /** Seconds of iterations, pair by pair, and what fma reached before each pair. */
  private Map<Contestant, List<Double>> measure(
      Contestant ours, List<Contestant> others, List<Double> peaks) {
    Map<Contestant, List<Double>> times = new HashMap<>();
    List<Contestant> order = new ArrayList<>(others);
    order.addFirst(ours);
    for (int pair = 0; pair < pairs; pair++) {
      peaks.add(Double.parseDouble(ours.process().ask("peak")));
      for (Contestant contestant : order) {
        times.computeIfAbsent(contestant, _ -> new ArrayList<>()).add(contestant.seconds(seconds));
      }
      order = order.reversed();
    }
    return times;
  }

  private static double ratio(List<Double> ours, List<Double> theirs) {
    var ratios = new ArrayList<Double>();
    for (int i = 0; i < ours.size(); i++) {
      ratios.add(theirs.get(i) / ours.get(i));
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
