package org.wardlock.bench.peers;

import java.io.IOException;

/**
 * The memory that a model's iterations need at most beyond parameters, moments of the optimiser,
 * and pictures, as {@link Engine#memory} defines it; in processes started for it alone.
 *
 * @param ours bytes
 * @param theirs PyTorch's, bytes
 */
record MemoryNeed(long ours, long theirs) {
  private static final double SECONDS = 2;

  /**
   * Measures a row.
   *
   * @param variant the way in which PyTorch computes it
   */
  static MemoryNeed measure(ModelRow row, String variant, int threads) throws IOException {
    long ours = measure(Setup.WARDLOCK_MEMORY, row, "", threads);
    return new MemoryNeed(ours, measure(Setup.PYTORCH_MEMORY, row, variant, threads));
  }

  private static long measure(Setup setup, ModelRow row, String variant, int threads)
      throws IOException {
    try (var process = new WorkerProcess(setup, threads)) {
      String seconds = Double.toString(SECONDS);
      return Long.parseLong(process.ask("memory", row.label(), variant, seconds));
    }
  }
}
