package org.wardlock.tensor.cpu;

/**
 * How a product is cut into blocks that threads compute. Chosen from the extents alone; it changes
 * no bit of the result.
 *
 * <p>An operand that several blocks read is packed once, before them, for as many steps as fit in
 * the cache ("ahead"); one that a single block reads is packed by that block.
 *
 * @param items products that stand for themselves: the batch, or 1 if it is summed
 * @param steps inner blocks in a sum: those of one product, times the batch if it is summed
 * @param rowBlock rows of a block of c
 * @param columnBlock columns of a block of c
 * @param packsAAhead whether panels of a are shared by blocks
 * @param packsBAhead whether panels of b are
 * @param itemGroup items computed between two packings
 * @param stepGroup steps computed between two packings
 */
record GemmPlan(
    int items,
    int steps,
    int rowBlock,
    int columnBlock,
    boolean packsAAhead,
    boolean packsBAhead,
    int itemGroup,
    int stepGroup) {

  /**
   * Blocks that a product of sufficient size is cut into: enough to keep many threads evenly busy.
   */
  private static final int ENOUGH_BLOCKS = 32;

  /** Multiply-adds below which a block is not worth handing to a thread. */
  private static final long SMALLEST_BLOCK = 1 << 19;

  private static final int MOST_ROWS = 256;
  private static final int MOST_COLUMNS = 1024;

  /** Values of an operand packed ahead: two operands stay in a usual last-level cache. */
  private static final int MOST_AHEAD = 1 << 21;

  /**
   * The same where a product is summed over a batch: packed and read again while in the
   * second-level cache. Other products would fetch c again for every packing.
   */
  private static final int MOST_AHEAD_OF_SUM = 1 << 18;

  /**
   * Steps of such a sum that are packed together even if they are larger: a block of c stays in the
   * cache from one to the next.
   */
  private static final int STEPS_OF_SUM = 4;

  static GemmPlan of(GemmProblem problem, GemmTile tile) {
    int innerSteps = blocks(problem.inner(), GemmKernel.INNER_BLOCK);
    boolean sums = problem.sumsBatch();
    int items = sums ? 1 : problem.batch();
    int steps = sums ? innerSteps * problem.batch() : innerSteps;

    long work = (long) problem.rows() * problem.columns() * problem.inner() * problem.batch();
    long wanted = Math.clamp(work / SMALLEST_BLOCK, 1, ENOUGH_BLOCKS);
    int rowBlocks = blocks(problem.rows(), MOST_ROWS);
    int columnBlocks = blocks(problem.columns(), MOST_COLUMNS);
    while ((long) items * rowBlocks * columnBlocks < wanted) {
      boolean rowsSplit = problem.rows() > rowBlocks * tile.rows();
      boolean columnsSplit = problem.columns() > columnBlocks * tile.columns();
      boolean tallBlock =
          (long) problem.rows() * columnBlocks >= (long) problem.columns() * rowBlocks / 8;
      if (rowsSplit && (tallBlock || !columnsSplit)) {
        rowBlocks++;
      } else if (columnsSplit) {
        columnBlocks++;
      } else {
        break;
      }
    }
    int rowBlock = evenBlock(problem.rows(), rowBlocks, tile.rows());
    int columnBlock = evenBlock(problem.columns(), columnBlocks, tile.columns());

    int depth = Math.min(problem.inner(), GemmKernel.INNER_BLOCK);
    long stepOfA = (long) problem.rows() * depth;
    long stepOfB = (long) problem.columns() * depth;
    boolean sharedA = items > 1 && problem.a().batchStride() == 0;
    boolean sharedB = items > 1 && problem.b().batchStride() == 0;
    boolean packsAAhead = (columnBlock < problem.columns() || sharedA) && stepOfA <= MOST_AHEAD;
    boolean packsBAhead = (rowBlock < problem.rows() || sharedB) && stepOfB <= MOST_AHEAD;
    long step = Math.max(packsAAhead ? stepOfA : 1, packsBAhead ? stepOfB : 1);
    long most = MOST_AHEAD / step;
    long wantedSlots = sums ? Math.max(STEPS_OF_SUM, MOST_AHEAD_OF_SUM / step) : most;
    int slots = (int) Math.max(1, Math.min(wantedSlots, most));
    int stepGroup = Math.min(steps, slots);
    int itemGroup = Math.min(items, Math.max(1, slots / stepGroup));
    if ((!packsAAhead || sharedA) && (!packsBAhead || sharedB)) {
      itemGroup = items;
    }
    return new GemmPlan(
        items, steps, rowBlock, columnBlock, packsAAhead, packsBAhead, itemGroup, stepGroup);
  }

  /** Extent of blocks of about equal size, a multiple of the tile's. */
  private static int evenBlock(int extent, int blocks, int tile) {
    return blocks(blocks(extent, blocks), tile) * tile;
  }

  /** How many blocks of an extent cover the whole. */
  static int blocks(int whole, int extent) {
    return (int) (((long) whole + extent - 1) / extent);
  }
}
