package org.wardlock.bench.peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures Wardlock beside PyTorch and ONNX Runtime and prints a table in Markdown. */
@Command(
    name = "peers.sh",
    description =
        "Measures Wardlock beside PyTorch and ONNX Runtime, each in a process of its own, in turn.",
    mixinStandardHelpOptions = true)
public final class Peers implements Callable<Integer> {
  /** Parts of the table. */
  enum Part {
    PRODUCTS,
    MODELS;

    boolean holds(Row row) {
      return switch (row) {
        case ProductRow _ -> this == PRODUCTS;
        case ModelRow _ -> this == MODELS;
      };
    }
  }

  @Option(
      names = "--only",
      split = ",",
      defaultValue = "products,models",
      description = "Parts of the table: products, models (default: both).")
  private List<Part> parts;

  @Option(
      names = "--rows",
      split = ";",
      defaultValue = "",
      description = "Texts, separated by ';', of which a row's name must hold one.")
  private List<String> texts;

  @Option(
      names = "--threads",
      split = ",",
      description = "Threads (default: products on one and on all, models on all).")
  private List<Integer> threads = List.of();

  @Option(
      names = "--pairs",
      defaultValue = "5",
      description = "Pairs of measurements (default: ${DEFAULT-VALUE}).")
  private int pairs;

  @Option(
      names = "--seconds",
      defaultValue = "0.5",
      description = "How long a measurement takes at least (default: ${DEFAULT-VALUE}).")
  private double seconds;

  @Option(names = "--list", description = "Only prints the rows' names.")
  private boolean lists;

  private final int processors = Runtime.getRuntime().availableProcessors();
  private long differing;

  private Peers() {}

  /** Runs the command. */
  public static void main(String[] arguments) {
    System.exit(
        new CommandLine(new Peers()).setCaseInsensitiveEnumValuesAllowed(true).execute(arguments));
  }

  @Override
  public Integer call() throws IOException {
    List<Row> rows =
        Row.all().stream()
            .filter(row -> parts.stream().anyMatch(part -> part.holds(row)))
            .filter(row -> texts.stream().anyMatch(row.label()::contains))
            .toList();
    if (rows.isEmpty()) {
      System.err.println("--rows " + texts + ": no row's name holds it; --list prints them all");
      return 2;
    }
    if (lists) {
      rows.forEach(row -> System.out.println(row.label()));
      return 0;
    }
    Table.machine();
    var byThreads = new TreeMap<Integer, List<Row>>();
    for (Row row : rows) {
      for (int count : threadsFor(row)) {
        byThreads.computeIfAbsent(count, _ -> new ArrayList<>()).add(row);
      }
    }
    Path folder = Files.createTempDirectory("wardlock-peers");
    try {
      for (var entry : byThreads.entrySet()) {
        measure(entry.getValue(), entry.getKey(), folder);
      }
    } finally {
      Files.deleteIfExists(folder.resolve("outcome"));
      Files.delete(folder);
    }
    if (differing > 0) {
      System.err.printf("%d line(s) say 'differs': engines compute something else%n", differing);
    }
    return differing > 0 ? 1 : 0;
  }

  private List<Integer> threadsFor(Row row) {
    if (!threads.isEmpty()) {
      return threads;
    }
    return row instanceof ProductRow && processors > 1
        ? List.of(1, processors)
        : List.of(processors);
  }

  private void measure(List<Row> rows, int threads, Path folder) throws IOException {
    var comparison = new Comparison(pairs, seconds, folder, System.err::println);
    Table table;
    try (var processes = Processes.start(threads)) {
      table = Table.begin(threads, processes);
      for (Row row : rows) {
        if (row instanceof ProductRow product) {
          for (Finding finding : measure(product, comparison, processes)) {
            table.add(product, finding, Optional.empty());
          }
        }
      }
    }
    for (Row row : rows) {
      if (row instanceof ModelRow model) {
        measure(model, comparison, threads, table);
      }
    }
    try (var wardlock = new WorkerProcess(Setup.WARDLOCK, threads)) {
      table.end(wardlock);
    }
  }

  private void measure(ModelRow row, Comparison comparison, int threads, Table table)
      throws IOException {
    List<Finding> findings;
    try (var processes = Processes.start(threads)) {
      findings = measure(row, comparison, processes);
    }
    for (Finding finding : findings) {
      table.add(row, finding, memory(row, finding, threads));
    }
  }

  private List<Finding> measure(Row row, Comparison comparison, Processes processes)
      throws IOException {
    System.err.println(row.label());
    List<Finding> findings = comparison.measure(row, processes);
    differing += findings.stream().filter(Finding.Differs.class::isInstance).count();
    return findings;
  }

  /** Beside PyTorch alone: only it trains, which is what memory is short for. */
  private static Optional<MemoryNeed> memory(ModelRow row, Finding finding, int threads)
      throws IOException {
    return finding instanceof Finding.Measured measured && measured.peer() == Setup.Kind.PYTORCH
        ? Optional.of(MemoryNeed.measure(row, measured.best().variant(), threads))
        : Optional.empty();
  }
}
