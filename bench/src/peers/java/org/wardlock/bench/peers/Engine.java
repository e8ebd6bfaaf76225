package org.wardlock.bench.peers;

import java.util.List;

/** What can compute rows; lives in a process of its own. */
interface Engine {
  /** Name, version and settings, for people. */
  String description();

  /** The ways in which it can compute a row; none if it cannot. */
  List<String> variants(Row row);

  /** Makes a row ready to be measured. */
  Subject open(Row row, String variant) throws Exception;

  /** The limit of its threads together, GFLOP/s; 0 if it does not measure it. */
  default double peak() {
    return 0;
  }

  /**
   * The memory that a model's iterations need at most beyond parameters, moments of the optimiser,
   * and pictures: activations, gradients, intermediate results. Asked of processes that have done
   * nothing else.
   *
   * @param seconds how long it runs, at least
   * @return bytes
   */
  long memory(ModelRow row, String variant, double seconds) throws Exception;

  /** A row ready to be measured. */
  interface Subject extends AutoCloseable {
    /** Computes {@link #iterations} times. */
    void run();

    /** Iterations that one call makes. */
    default int iterations() {
      return 1;
    }

    /** What must be alike whoever computes it; asked for once, before everything else. */
    float[] outcome();

    /** Runs for so many seconds or one call, at least; the seconds of an iteration on average. */
    default double run(double seconds) {
      long start = System.nanoTime();
      long iterations = 0;
      double passed;
      do {
        run();
        iterations += iterations();
        passed = (System.nanoTime() - start) / 1e9;
      } while (passed < seconds);
      return passed / iterations;
    }

    @Override
    void close();
  }
}
