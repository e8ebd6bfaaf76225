package org.wardlock.tensor.cpu;

/**
 * Where one head of one picture lies in packed projections (B, N, 3, heads, d), in outputs (B, N,
 * heads, d) and in (B, heads, N).
 *
 * @param query first value of its first query
 * @param key of its first key
 * @param value of its first value
 * @param qkvStride from token to token of these
 * @param out first value of its first output
 * @param outStride from token to token of these
 * @param logSumExp first of its values
 */
record HeadPointers(
    int query, int key, int value, int qkvStride, int out, int outStride, int logSumExp) {

  HeadPointers(
      AttentionKernel.Extents extents,
      int head,
      int qkvOffset,
      int outOffset,
      int logSumExpOffset) {
    this(
        extents,
        head / extents.heads() * extents.tokens(),
        head % extents.heads() * extents.headSize(),
        extents.heads() * extents.headSize(),
        qkvOffset,
        outOffset,
        logSumExpOffset + head * extents.tokens());
  }

  private HeadPointers(
      AttentionKernel.Extents extents,
      int firstToken,
      int withinToken,
      int width,
      int qkvOffset,
      int outOffset,
      int logSumExp) {
    int first = qkvOffset + firstToken * 3 * width + withinToken;
    this(
        first,
        first + width,
        first + 2 * width,
        3 * width,
        outOffset + firstToken * width + withinToken,
        width,
        logSumExp);
  }
}
