package org.wardlock.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import org.wardlock.attacks.evaluation.WilsonInterval;

/**
 * What mimicking pictures came to within one budget.
 *
 * @param budget the largest DSSIM
 * @param records of all pairs
 */
record MimicAnswer(double budget, List<MimicRecord> records) {
  /** Keeps a copy of the list. */
  MimicAnswer {
    records = List.copyOf(records);
  }

  private long count(Predicate<MimicRecord> counts) {
    return records.stream().filter(counts).count();
  }

  private double mean(ToDoubleFunction<MimicRecord> value) {
    return records.stream().mapToDouble(value).average().orElse(0);
  }

  private double largestDissimilarity() {
    return records.stream().mapToDouble(MimicRecord::dissimilarity).max().orElse(0);
  }

  void print(PrintWriter out) {
    out.printf(
        Locale.ROOT,
        "dssim %-7s taken for the target %s, for another class %s; dssim %.6f in the mean, %.6f at most;"
            + " of the features' distance %.1f %% left, after %.0f steps%n",
        budget,
        percent(count(MimicRecord::isReached)),
        percent(count(MimicRecord::isChanged)),
        mean(MimicRecord::dissimilarity),
        largestDissimilarity(),
        100 * mean(MimicRecord::remaining),
        mean(MimicRecord::steps));
  }

  private String percent(long successes) {
    WilsonInterval interval = WilsonInterval.of(successes, records.size());
    return String.format(
        Locale.ROOT,
        "%.2f %% (%.2f to %.2f %%)",
        100.0 * successes / records.size(),
        100 * interval.low(),
        100 * interval.high());
  }

  void putInto(Answer answer) {
    answer.put("budget", budget).put("pairs", records.size());
    share(answer, "targeted_success", count(MimicRecord::isReached));
    share(answer, "untargeted_success", count(MimicRecord::isChanged));
    answer
        .put(
            "dssim",
            Map.of("mean", mean(MimicRecord::dissimilarity), "max", largestDissimilarity()))
        .put("distance", mean(MimicRecord::distance))
        .put("distance_left", mean(MimicRecord::remaining))
        .put("steps", mean(MimicRecord::steps));
  }

  private void share(Answer answer, String name, long successes) {
    WilsonInterval interval = WilsonInterval.of(successes, records.size());
    answer
        .put(name, (double) successes / records.size())
        .put(name + "_interval", List.of(interval.low(), interval.high()));
  }
}
