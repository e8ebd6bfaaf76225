package org.wardlock.bench.peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/** Prints results in Markdown. */
final class Table {
  private final double peak;

  /**
   * A table.
   *
   * @param peak what shares are of, GFLOP/s
   */
  Table(double peak) {
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

  void begin(int threads) {
    System.out.printf(
        "%n| %d threads | Wardlock | PyTorch | ratio | GFLOP/s | of peak | PyTorch's best | difference |%n",
        threads);
    System.out.println("| --- | ---: | ---: | ---: | ---: | ---: | --- | ---: |");
  }

  void add(Comparison.Result result) {
    Row row = result.row();
    double gigaflops = row.flops() / result.seconds() / 1e9;
    System.out.printf(
        Locale.ROOT,
        "| %s | %.1f %s | %.1f | %.2f | %.0f | %.0f %% | %s | %.0e |%n",
        row.label(),
        row.units() / result.seconds(),
        row.unit(),
        row.units() / result.bestSeconds(),
        result.ratio(),
        gigaflops,
        100 * gigaflops / peak,
        result.best(),
        result.difference());
    System.out.flush();
  }
}
