package org.wardlock.attacks;

/**
 * A classifier gave logits or gradients that are no finite numbers. An attack that went on would
 * find nothing, which would look like robustness.
 */
public final class NonFiniteException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Names what was not finite. */
  public NonFiniteException(String message) {
    super(message);
  }
}
