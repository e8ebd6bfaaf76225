package org.wardlock.tensor.cpu;

/**
 * Attention head by head, in blocks of queries (after FlashAttention, Dao et al. 2022; with all
 * keys at once, since a block's scores fit in the cache).
 *
 * <p>Scores are kept transposed, a column for each query: then softmax needs no sum across a
 * vector, and either operand of the products that follow is read in the order in which it lies.
 */
public final class BlockedAttention implements AttentionKernel {
  /**
   * Queries of a block: part of the definition of the gradients' bits, which are sums over queries.
   */
  static final int QUERIES = 64;

  /**
   * Tasks of each thread that share heads out evenly enough; with fewer heads, a head is shared out
   * by queries. More tasks would only mean more memory to set up.
   */
  private static final int TASKS_PER_THREAD = 4;

  private final GemmTile tile;
  private final ColumnOperations columns;
  private final RowOperation exp;

  /**
   * Attention over any tile.
   *
   * @param exp the exponential
   */
  public BlockedAttention(GemmTile tile, ColumnOperations columns, RowOperation exp) {
    this.tile = tile;
    this.columns = columns;
    this.exp = exp;
  }

  @Override
  public void forward(
      Extents extents,
      FloatSlice qkv,
      float scale,
      FloatSlice out,
      FloatSlice logSumExp,
      KernelContext context) {
    int heads = extents.batch() * extents.heads();
    if (heads == 0 || extents.tokens() == 0) {
      return;
    }
    int blocks = GemmPlan.blocks(extents.tokens(), QUERIES);
    int enoughTasks = TASKS_PER_THREAD * context.threads();
    int shares = Math.min(blocks, GemmPlan.blocks(enoughTasks, heads));
    int portions = heads * shares;
    int perTask = GemmPlan.blocks(portions, enoughTasks);
    context.run(
        GemmPlan.blocks(portions, perTask),
        task -> {
          try (var pass = new AttentionForward(tile, columns, exp, extents, context)) {
            int end = Math.min(portions, (task + 1) * perTask);
            for (int portion = task * perTask; portion < end; portion++) {
              var head =
                  new HeadPointers(
                      extents, portion / shares, qkv.offset(), out.offset(), logSumExp.offset());
              int share = portion % shares;
              pass.loadKeys(qkv.data(), head);
              for (int block = blocks * share / shares;
                  block < blocks * (share + 1) / shares;
                  block++) {
                pass.attend(qkv.data(), head, scale, block * QUERIES, out.data(), logSumExp.data());
              }
            }
          }
        });
  }

  @Override
  public void backward(
      Extents extents,
      FloatSlice qkv,
      float scale,
      FloatSlice out,
      FloatSlice logSumExp,
      FloatSlice g,
      FloatSlice gradQkv,
      KernelContext context) {
    int heads = extents.batch() * extents.heads();
    if (heads == 0 || extents.tokens() == 0) {
      return;
    }
    int perTask = GemmPlan.blocks(heads, TASKS_PER_THREAD * context.threads());
    context.run(
        GemmPlan.blocks(heads, perTask),
        task -> {
          try (var pass = new AttentionBackward(tile, columns, exp, extents, context)) {
            for (int head = task * perTask; head < Math.min(heads, (task + 1) * perTask); head++) {
              var from =
                  new HeadPointers(extents, head, qkv.offset(), out.offset(), logSumExp.offset());
              var to =
                  new HeadPointers(extents, head, gradQkv.offset(), g.offset(), logSumExp.offset());
              pass.loadKeys(qkv.data(), from, scale);
              for (int first = 0; first < extents.tokens(); first += QUERIES) {
                pass.rebuild(qkv.data(), from, scale, first, logSumExp.data());
                pass.differentiate(out.data(), from, g.data(), to, first, gradQkv.data());
              }
            }
          }
        });
  }
}
