package org.wardlock.bench.peers;

import java.io.IOException;
import java.nio.file.Path;

/**
 * One way to compute a row, ready in its process.
 *
 * @param process where
 * @param variant how, as its engine calls it
 * @param subject what the process calls it
 */
record Contestant(WorkerProcess process, String variant, String subject) {
  static Contestant open(WorkerProcess process, Row row, String variant) {
    return new Contestant(process, variant, process.ask("open", row.label(), variant));
  }

  /** What it computes. */
  float[] outcome(Path folder) throws IOException {
    Path file = folder.resolve("outcome");
    process.ask("outcome", subject, file.toString());
    return FloatFile.read(file);
  }

  /** Seconds an iteration takes, averaged over so many seconds or one iteration. */
  double seconds(double duration) {
    return Double.parseDouble(process.ask("run", subject, Double.toString(duration)));
  }

  String label() {
    String allocator = process.setup().allocator();
    return variant.isEmpty() ? allocator : variant + ", " + allocator;
  }
}
