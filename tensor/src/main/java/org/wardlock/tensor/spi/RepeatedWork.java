package org.wardlock.tensor.spi;

import java.util.Optional;

/** Work that a backend may repeat without running it again: see {@link Backend#repeated}. */
public interface RepeatedWork extends AutoCloseable {
  /** Does the work, by running it or by repeating what it asked of the device before. */
  void run();

  /** In one line, why the work is run each time; empty if it is repeated, or still may be. */
  Optional<String> refusal();

  /** Forgets what is repeated and gives its memory back. The next run begins anew. */
  @Override
  void close();
}
