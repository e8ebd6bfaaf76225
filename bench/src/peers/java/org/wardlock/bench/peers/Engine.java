package org.wardlock.bench.peers;

import java.io.IOException;
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

  /** From now on, memory is watched. */
  void beginMemory() throws IOException;

  /** How much the need for memory grew at most since {@link #beginMemory}, bytes. */
  long memoryGrowth() throws IOException;

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

    @Override
    void close();
  }
}
