package org.wardlock.bench.peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;

/** Prints findings in Markdown. */
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
    processes
        .ofPeers()
        .forEach(
            peer ->
                System.out.printf(
                    "- %s, %s %s%n",
                    peer.ask("describe"), peer.setup().allocator(), peer.setup().environment()));
    System.out.printf(
        "%n| threads: %d | Wardlock | GFLOP/s | of peak | peer | peer's | ratio | peer's best | difference, of tolerance | MiB, ours / theirs |%n",
        threads);
    System.out.println("| --- | ---: | ---: | ---: | --- | ---: | ---: | --- | ---: | ---: |");
    return new Table(threads, peak(processes.wardlock()));
  }

  /** The second answer: the first one warms up. */
  private static double peak(WorkerProcess wardlock) {
    wardlock.ask("peak");
    return Double.parseDouble(wardlock.ask("peak"));
  }

  /** Prints a line. */
  void add(Row row, Finding finding, Optional<MemoryNeed> memory) {
    System.out.println(
        switch (finding) {
          case Finding.Measured measured -> line(row, measured, memory);
          case Finding.Differs differs -> line(row, differs);
        });
    System.out.flush();
  }

  private String line(Row row, Finding.Measured found, Optional<MemoryNeed> memory) {
    double gigaflops = row.flops() / found.seconds() / 1e9;
    return String.format(
        Locale.ROOT,
        "| %s | %.1f %s | %.0f | %.0f %% | %s | %.1f | %.2f | %s | %s | %s |",
        row.label(),
        row.units() / found.seconds(),
        row.unit(),
        gigaflops,
        100 * gigaflops / found.peak(),
        found.peer().title(),
        row.units() / found.bestSeconds(),
        found.ratio(),
        found.best().label(),
        difference(found),
        memory.map(need -> mebibytes(need.ours()) + " / " + mebibytes(need.theirs())).orElse(""));
  }

  /** No speeds: whoever computes something else may take any time for it. */
  private static String line(Row row, Finding.Differs found) {
    return String.format(
        Locale.ROOT,
        "| %s | | | | %s | | | differs: %s | %s | |",
        row.label(),
        found.peer().title(),
        found.way().label(),
        difference(found));
  }

  private static String difference(Finding finding) {
    return String.format(Locale.ROOT, "%.0e of %.0e", finding.difference(), finding.tolerance());
  }

  private static long mebibytes(long bytes) {
    return Math.round(bytes / (double) (1 << 20));
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
