package org.wardlock.nn.weights;

import java.io.IOException;
import java.io.Serial;

/**
 * Stored weights could not be read or used. The message is one line that names the file, what was
 * found and what was expected.
 */
public final class WeightsException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  /** The message without the file's name. */
  private final String problem;

  /**
   * A problem with weights.
   *
   * @param source the file, or what stands for one
   * @param problem what was found and what was expected
   */
  public WeightsException(String source, String problem) {
    super("weights " + source + ": " + problem);
    this.problem = problem;
  }

  /** As {@link #WeightsException(String, String)}, with what brought it about. */
  public WeightsException(String source, String problem, Throwable cause) {
    super("weights " + source + ": " + problem, cause);
    this.problem = problem;
  }

  /** The message without the file's name, for lists of several problems. */
  public String problem() {
    return problem;
  }
}
