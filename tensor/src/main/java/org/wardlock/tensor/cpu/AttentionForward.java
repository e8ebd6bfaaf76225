package org.wardlock.tensor.cpu;

/** One task of attention: the memory it works in, and its steps. */
final class AttentionForward implements AutoCloseable {
  private final ColumnOperations columns;
  private final RowOperation exp;
  private final int tokens;
  private final int headSize;
  private final KernelContext context;
  private final PanelBuffer keys;
  private final PanelBuffer values;
  private final PanelBuffer queries;
  private final PanelBuffer weights;
  private final float[] scores;
  private final float[] spare;
  private final float[] largest;
  private final float[] sums;

  AttentionForward(
      GemmTile tile,
      ColumnOperations columns,
      RowOperation exp,
      AttentionKernel.Extents extents,
      KernelContext context) {
    this.columns = columns;
    this.exp = exp;
    this.context = context;
    tokens = extents.tokens();
    headSize = extents.headSize();
    keys = PanelBuffer.ofRows(tile, tokens, headSize, context);
    values = PanelBuffer.ofColumns(tile, headSize, tokens, context);
    queries = PanelBuffer.ofColumns(tile, BlockedAttention.QUERIES, headSize, context);
    weights = PanelBuffer.ofRows(tile, BlockedAttention.QUERIES, tokens, context);
    scores = context.take(tokens * BlockedAttention.QUERIES);
    spare = context.take(tile.rows() * tile.columns());
    largest = context.take(BlockedAttention.QUERIES);
    sums = context.take(BlockedAttention.QUERIES);
  }

  /** Lays out the head's keys and values. */
  void loadKeys(float[] qkv, HeadPointers head) {
    keys.pack(qkv, head.key(), head.qkvStride(), 1, tokens, headSize);
    values.pack(qkv, head.value(), 1, head.qkvStride(), headSize, tokens);
  }

  /** Computes the outputs of a block of queries. */
  void attend(
      float[] qkv, HeadPointers head, float scale, int first, float[] out, float[] logSumExp) {
    int count = Math.min(BlockedAttention.QUERIES, tokens - first);
    int width = AttentionBlocks.width(count);
    queries.pack(
        qkv, head.query() + first * head.qkvStride(), head.qkvStride(), 1, count, headSize);
    queries.scale(scale);
    PanelBuffer.multiply(keys, queries, scores, 0, width, false, spare);

    columns.max(scores, tokens, width, largest);
    columns.subtract(scores, tokens, width, largest);
    exp.apply(scores, 0, tokens * width);
    columns.sum(scores, tokens, width, sums);

    weights.pack(scores, 0, 1, width, count, tokens);
    int outAt = head.out() + first * head.outStride();
    PanelBuffer.multiply(weights, values, out, outAt, head.outStride(), false, spare);
    for (int query = 0; query < count; query++) {
      float inverse = 1f / sums[query];
      int from = outAt + query * head.outStride();
      for (int i = from; i < from + headSize; i++) {
        out[i] *= inverse;
      }
      // StrictMath: the same bits from the interpreter and from every compiler.
      logSumExp[head.logSumExp() + first + query] =
          largest[query] + (float) StrictMath.log(sums[query]);
    }
  }

  @Override
  public void close() {
    keys.close();
    values.close();
    queries.close();
    weights.close();
    context.release(scores);
    context.release(spare);
    context.release(largest);
    context.release(sums);
  }
}
