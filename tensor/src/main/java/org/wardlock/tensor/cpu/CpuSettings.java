package org.wardlock.tensor.cpu;

/**
 * What a CPU backend is opened with.
 *
 * @param threads that compute, the calling one among them
 * @param poolBytes how much released memory is kept for reuse at most
 * @param poisons whether released floats become NaN, so that a test sees who still reads them
 * @param shortBelow operations on fewer elements use the kernels without the Vector API, as they do
 *     not bring about that C2 compiles the others
 * @param earlyWork how many multiply-adds those kernels do before the others take over, see {@link
 *     KernelChoice}
 */
record CpuSettings(int threads, long poolBytes, boolean poisons, int shortBelow, long earlyWork) {
  /**
   * Some seven pictures of ViT-Tiny: 0.2 s of arithmetic, so that little is lost by a process that
   * goes on to warm up the other kernels.
   */
  private static final long EARLY_WORK = 1L << 33;

  /** How many threads compute; the physical cores if it is not set. */
  static final String THREADS_PROPERTY = "wardlock.threads";

  /** Set to {@code true}, released floats become NaN. */
  static final String POISON_PROPERTY = "wardlock.poison";

  /**
   * As the system properties say; half of the largest heap is kept for reuse.
   *
   * @throws IllegalArgumentException if the number of threads is none
   */
  static CpuSettings fromProperties() {
    return new CpuSettings(
        threadsAsked(),
        Runtime.getRuntime().maxMemory() / 2,
        Boolean.getBoolean(POISON_PROPERTY),
        Chunks.ELEMENTS,
        VectorSupport.isAskedFor() ? 0 : EARLY_WORK);
  }

  private static int threadsAsked() {
    String value = System.getProperty(THREADS_PROPERTY, "");
    if (value.isEmpty()) {
      return PhysicalCores.count();
    }
    if (!value.matches("[1-9][0-9]{0,3}")) {
      throw new IllegalArgumentException(
          "-D" + THREADS_PROPERTY + "=" + value + ": expected a number from 1 to 9999");
    }
    return Integer.parseInt(value);
  }
}
