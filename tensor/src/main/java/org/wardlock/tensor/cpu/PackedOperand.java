package org.wardlock.tensor.cpu;

import java.util.Optional;

/** The panels of one operand of a product: of rows of a, or of columns of b. */
final class PackedOperand {
  /** About as many values as a task packs: some ten microseconds. */
  private static final int VALUES_PER_TASK = 1 << 15;

  /** Values in a line of a usual cache. */
  private static final int LINE = 16;

  /** Values fetched before they are packed: they stay in a second-level cache. */
  private static final int MOST_FETCHED = 1 << 16;

  private final GemmTile tile;
  private final MatrixBatch matrices;
  private final int lanes;
  private final int lanesPerPanel;
  private final int laneStride;
  private final int innerStride;
  private final int inner;
  private final boolean summed;

  private PackedOperand(
      GemmTile tile,
      MatrixBatch matrices,
      int lanes,
      int lanesPerPanel,
      int laneStride,
      int innerStride,
      GemmProblem problem) {
    this.tile = tile;
    this.matrices = matrices;
    this.lanes = lanes;
    this.lanesPerPanel = lanesPerPanel;
    this.laneStride = laneStride;
    this.innerStride = innerStride;
    this.inner = problem.inner();
    this.summed = problem.sumsBatch();
  }

  static PackedOperand rowsOfA(GemmTile tile, GemmProblem problem) {
    MatrixBatch a = problem.a();
    return new PackedOperand(
        tile, a, problem.rows(), tile.rows(), a.rowStride(), a.columnStride(), problem);
  }

  static PackedOperand columnsOfB(GemmTile tile, GemmProblem problem) {
    MatrixBatch b = problem.b();
    return new PackedOperand(
        tile, b, problem.columns(), tile.columns(), b.columnStride(), b.rowStride(), problem);
  }

  /** Whether every item reads the same matrix. */
  boolean isShared() {
    return matrices.batchStride() == 0 && !summed;
  }

  /** Room for the panels of some lanes in one step. */
  int size(int lanes) {
    return GemmPlan.blocks(lanes, lanesPerPanel)
        * lanesPerPanel
        * Math.min(inner, GemmKernel.INNER_BLOCK);
  }

  /** Room for all panels of one step. */
  int size() {
    return size(lanes);
  }

  /** Tasks that pack one step. */
  int tasks() {
    return GemmPlan.blocks(lanes, lanesPerTask());
  }

  private int lanesPerTask() {
    int depth = Math.min(inner, GemmKernel.INNER_BLOCK);
    return Math.max(1, VALUES_PER_TASK / (depth * lanesPerPanel)) * lanesPerPanel;
  }

  /**
   * The panels of all steps, one step behind another, if they are kept from earlier products.
   *
   * @param items products that read an operand of their own each, unless it is shared
   */
  Optional<float[]> kept(int items, KernelContext context) {
    if (summed || (items > 1 && matrices.batchStride() != 0)) {
      return Optional.empty();
    }
    int steps = GemmPlan.blocks(inner, GemmKernel.INNER_BLOCK);
    return matrices
        .kept()
        .find(
            new PanelCache.Key(
                matrices.offset(), lanes, inner, laneStride, innerStride, lanesPerPanel),
            (long) steps * size(),
            () -> packAll(steps, context));
  }

  private float[] packAll(int steps, KernelContext context) {
    float[] panels = new float[steps * size()];
    context.run(
        steps * tasks(),
        task -> packShare(0, task / tasks(), task % tasks(), panels, task / tasks() * size()));
    return panels;
  }

  /** One task of packing a step: writes its share of the panels that begin at {@code target}. */
  void packShare(int item, int step, int task, float[] panels, int target) {
    int first = task * lanesPerTask();
    int count = Math.min(lanesPerTask(), lanes - first);
    pack(item, step, first, count, panels, target + first * depth(step));
  }

  /** Packs some lanes of a step. */
  void pack(int item, int step, int firstLane, int count, float[] panels, int target) {
    int stepsPerMatrix = GemmPlan.blocks(inner, GemmKernel.INNER_BLOCK);
    int matrix = summed ? step / stepsPerMatrix : item;
    int k = step % stepsPerMatrix * GemmKernel.INNER_BLOCK;
    int depth = depth(step);
    int from = matrices.offset() + matrix * matrices.batchStride() + k * innerStride;
    boolean fetchesAll = laneStride == 1 && innerStride == count && count * depth <= MOST_FETCHED;
    if (fetchesAll) {
      panels[target] = fetch(from + firstLane, count * depth, 0, 1);
    }
    for (int lane = 0; lane < count; lane += lanesPerPanel) {
      int panelFrom = from + (firstLane + lane) * laneStride;
      int panelTarget = target + lane * depth;
      int panelLanes = Math.min(lanesPerPanel, count - lane);
      if (innerStride == 1) {
        panels[panelTarget] = fetch(panelFrom, depth, laneStride, panelLanes);
      }
      tile.pack(
          matrices.data(),
          panelFrom,
          laneStride,
          innerStride,
          panelLanes,
          lanesPerPanel,
          depth,
          panels,
          panelTarget);
    }
  }

  /**
   * Reads one value of each cache line of some rows, in order. Packing reads many rows at a time,
   * which neither prefetching nor the few loads between its shuffles turn into requests that
   * overlap; these loads do, and packing then finds its values in the cache.
   *
   * @return something made of the values, which the caller must store for the loads to be kept
   */
  private float fetch(int from, int length, int rowStride, int rows) {
    float[] data = matrices.data();
    int bits = 0;
    for (int row = 0; row < rows; row++) {
      int start = from + row * rowStride;
      for (int i = start; i < start + length; i += LINE) {
        bits |= Float.floatToRawIntBits(data[i]);
      }
    }
    return Float.intBitsToFloat(bits);
  }

  /** Length of the chains of a step. */
  int depth(int step) {
    int stepsPerMatrix = GemmPlan.blocks(inner, GemmKernel.INNER_BLOCK);
    return Math.min(GemmKernel.INNER_BLOCK, inner - step % stepsPerMatrix * GemmKernel.INNER_BLOCK);
  }
}
