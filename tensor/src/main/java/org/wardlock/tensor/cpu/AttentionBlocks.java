package org.wardlock.tensor.cpu;

/** What the forward and the backward pass of attention share. */
final class AttentionBlocks {
  /** Columns are computed in groups of this many. */
  private static final int GROUP = 16;

  private AttentionBlocks() {}

  /** Columns of a block of {@code queries} queries. */
  static int width(int queries) {
    return GemmPlan.blocks(queries, GROUP) * GROUP;
  }

  /**
   * Sum of products in four chains, element i in chain i % 4 (those beyond a multiple of four in
   * the first).
   */
  static float dot(float[] a, int aOffset, float[] b, int bOffset, int length) {
    float sum0 = 0f;
    float sum1 = 0f;
    float sum2 = 0f;
    float sum3 = 0f;
    int i = 0;
    for (; i + 4 <= length; i += 4) {
      sum0 = Fma.fma(a[aOffset + i], b[bOffset + i], sum0);
      sum1 = Fma.fma(a[aOffset + i + 1], b[bOffset + i + 1], sum1);
      sum2 = Fma.fma(a[aOffset + i + 2], b[bOffset + i + 2], sum2);
      sum3 = Fma.fma(a[aOffset + i + 3], b[bOffset + i + 3], sum3);
    }
    for (; i < length; i++) {
      sum0 = Fma.fma(a[aOffset + i], b[bOffset + i], sum0);
    }
    return (sum0 + sum2) + (sum1 + sum3);
  }
}
