package org.wardlock.tensor;

/** While open, the thread records nothing for gradients. Nests. */
public final class NoGrad implements AutoCloseable {
  private static final ThreadLocal<Boolean> RECORDING = ThreadLocal.withInitial(() -> true);

  private final boolean before = RECORDING.get();

  private NoGrad(boolean recording) {
    RECORDING.set(recording);
  }

  /** Stops recording until the result is closed. */
  public static NoGrad enter() {
    return new NoGrad(false);
  }

  /** Records again, inside {@link #enter()}: for a function that a backward pass runs once more. */
  static NoGrad suspend() {
    return new NoGrad(true);
  }

  static boolean isRecording() {
    return RECORDING.get();
  }

  @Override
  public void close() {
    RECORDING.set(before);
  }
}
