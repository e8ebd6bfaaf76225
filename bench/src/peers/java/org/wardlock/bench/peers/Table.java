package org.wardlock.bench.peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/** Prints results in Markdown. */
final class Table {
  private final int threads;
  private final double peak;

  private Table(int threads, double peak) {
    this.threads = threads;
    this.peak = peak;
  }

  /** Prints where and when. */
  static void machine() throws IOException {
    String model =
        Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
            .filter(line -> line.startsWith("model name"))
            .map(line -> line.replaceFirst(".*:\\s*", ""))
            .findFirst()
            .orElse("unknown");
    System.out.printf(
        "- %s, %d processors; %s; load %s%n",
        model,
        Runtime.getRuntime().availableProcessors(),
        Instant.now().truncatedTo(ChronoUnit.MINUTES),
        Files.readString(Path.of("/proc/loadavg")).strip());
  }

  /** Prints what is compared, and the table's head. */
  static Table begin(int threads, Processes processes) {
    System.out.printf("%n- %s%n", processes.wardlock().ask("describe"));
    for (WorkerProcess peer : processes.peers()) {
      System.out.printf(
          "- %s, %s %s%n",
          peer.ask("describe"), peer.setup().allocator(), peer.setup().environment());
    }
    System.out.printf(
        "%n| threads: %d | Wardlock | PyTorch | ratio | GFLOP/s | of peak | PyTorch's best | difference | MiB, ours / theirs |%n",
        threads);
    System.out.println("| --- | ---: | ---: | ---: | ---: | ---: | --- | ---: | ---: |");
    return new Table(threads, peak(processes.wardlock()));
  }

  /** The second answer: the first one warms up. */
  private static double peak(WorkerProcess wardlock) {
    wardlock.ask("peak");
    return Double.parseDouble(wardlock.ask("peak"));
  }

  void add(Row row, Comparison.Result result) {
    double gigaflops = row.flops() / result.seconds() / 1e9;
    System.out.printf(
        Locale.ROOT,
        "| %s | %.1f %s | %.1f | %.2f | %.0f | %.0f %% | %s | %.0e | %s |%n",
        row.label(),
        row.units() / result.seconds(),
        row.unit(),
        row.units() / result.bestSeconds(),
        result.ratio(),
        gigaflops,
        100 * gigaflops / peak,
        result.best(),
        result.difference(),
        memory(row, result));
    System.out.flush();
  }

  private static String memory(Row row, Comparison.Result result) {
    return row instanceof ModelRow && result.peersMemory() < Long.MAX_VALUE
        ? (result.memory() >> 20) + " / " + (result.peersMemory() >> 20)
        : "";
  }

  /** Prints whether the machine was the same at the end. */
  void end(WorkerProcess wardlock) throws IOException {
    System.out.printf(
        Locale.ROOT,
        "%nPeak of fma on %d threads: %.0f GFLOP/s before, %.0f after; load at the end %s.%n",
        threads,
        peak,
        peak(wardlock),
        Files.readString(Path.of("/proc/loadavg")).strip());
  }
}
