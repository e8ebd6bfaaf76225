package org.wardlock.tensor.cpu;

/** One task of the gradient of attention: a head, block of queries after block. */
final class AttentionBackward implements AutoCloseable {
  private final ColumnOperations columns;
  private final RowOperation exp;
  private final int tokens;
  private final int headSize;
  private final KernelContext context;
  private final PanelBuffer keyRows;
  private final PanelBuffer keyColumns;
  private final PanelBuffer valueRows;
  private final PanelBuffer queriesAcross;
  private final PanelBuffer queriesDown;
  private final PanelBuffer gradientsAcross;
  private final PanelBuffer gradientsDown;
  private final PanelBuffer weightRows;
  private final PanelBuffer queryRows;
  private final float[] weights;
  private final float[] gradients;
  private final float[] spare;
  private final float[] row;

  AttentionBackward(
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
    int queries = BlockedAttention.QUERIES;
    keyRows = PanelBuffer.ofRows(tile, tokens, headSize, context);
    keyColumns = PanelBuffer.ofColumns(tile, headSize, tokens, context);
    valueRows = PanelBuffer.ofRows(tile, tokens, headSize, context);
    queriesAcross = PanelBuffer.ofColumns(tile, queries, headSize, context);
    queriesDown = PanelBuffer.ofColumns(tile, headSize, queries, context);
    gradientsAcross = PanelBuffer.ofColumns(tile, queries, headSize, context);
    gradientsDown = PanelBuffer.ofColumns(tile, headSize, queries, context);
    weightRows = PanelBuffer.ofRows(tile, tokens, queries, context);
    queryRows = PanelBuffer.ofRows(tile, queries, tokens, context);
    weights = context.take(tokens * queries);
    gradients = context.take(tokens * queries);
    spare = context.take(tile.rows() * tile.columns());
    row = context.take(queries);
  }

  /** Lays out the head's keys and values. */
  void loadKeys(float[] qkv, HeadPointers head, float scale) {
    keyRows.pack(qkv, head.key(), head.qkvStride(), 1, tokens, headSize);
    keyColumns.pack(qkv, head.key(), 1, head.qkvStride(), headSize, tokens);
    keyColumns.scale(scale);
    valueRows.pack(qkv, head.value(), head.qkvStride(), 1, tokens, headSize);
  }

  /** Computes again the attention weights of a block of queries. */
  void rebuild(float[] qkv, HeadPointers head, float scale, int first, float[] logSumExp) {
    int count = Math.min(BlockedAttention.QUERIES, tokens - first);
    int width = AttentionBlocks.width(count);
    int from = head.query() + first * head.qkvStride();
    queriesAcross.pack(qkv, from, head.qkvStride(), 1, count, headSize);
    queriesAcross.scale(scale);
    queriesDown.pack(qkv, from, 1, head.qkvStride(), headSize, count);
    queriesDown.scale(scale);
    PanelBuffer.multiply(keyRows, queriesAcross, weights, 0, width, false, spare);
    System.arraycopy(logSumExp, head.logSumExp() + first, row, 0, count);
    columns.subtract(weights, tokens, width, row);
    exp.apply(weights, 0, tokens * width);
  }

  /**
   * Adds the block's share to the gradients of keys and values, and stores that of its queries.
   *
   * @param to where the gradients lie: g as {@code out}, those wanted as query, key and value
   */
  void differentiate(
      float[] out, HeadPointers head, float[] g, HeadPointers to, int first, float[] gradQkv) {
    int count = Math.min(BlockedAttention.QUERIES, tokens - first);
    int width = AttentionBlocks.width(count);
    int from = to.out() + first * to.outStride();
    gradientsAcross.pack(g, from, to.outStride(), 1, count, headSize);
    gradientsDown.pack(g, from, 1, to.outStride(), headSize, count);
    boolean later = first > 0;

    weightRows.pack(weights, 0, width, 1, tokens, count);
    PanelBuffer.multiply(
        weightRows, gradientsDown, gradQkv, to.value(), to.qkvStride(), later, spare);

    PanelBuffer.multiply(valueRows, gradientsAcross, gradients, 0, width, false, spare);
    for (int query = 0; query < count; query++) {
      int at = (first + query) * head.outStride();
      row[query] = AttentionBlocks.dot(out, head.out() + at, g, to.out() + at, headSize);
    }
    columns.softmaxGradient(weights, gradients, tokens, width, row);

    weightRows.pack(gradients, 0, width, 1, tokens, count);
    PanelBuffer.multiply(weightRows, queriesDown, gradQkv, to.key(), to.qkvStride(), later, spare);

    queryRows.pack(gradients, 0, 1, width, count, tokens);
    int toQuery = to.query() + first * to.qkvStride();
    PanelBuffer.multiply(queryRows, keyColumns, gradQkv, toQuery, to.qkvStride(), false, spare);
  }

  @Override
  public void close() {
    keyRows.close();
    keyColumns.close();
    valueRows.close();
    queriesAcross.close();
    queriesDown.close();
    gradientsAcross.close();
    gradientsDown.close();
    weightRows.close();
    queryRows.close();
    context.release(weights);
    context.release(gradients);
    context.release(spare);
    context.release(row);
  }
}
