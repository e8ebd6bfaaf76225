package org.wardlock.tensor.cpu;

/** The panels of one whole matrix, for products that a single task computes. */
final class PanelBuffer implements AutoCloseable {
  private final GemmTile tile;
  private final int lanesPerPanel;
  private final KernelContext context;
  private final float[] panels;
  private int lanes;
  private int inner;

  private PanelBuffer(
      GemmTile tile, int lanesPerPanel, int mostLanes, int mostInner, KernelContext context) {
    this.tile = tile;
    this.lanesPerPanel = lanesPerPanel;
    this.context = context;
    panels = context.take(GemmPlan.blocks(mostLanes, lanesPerPanel) * lanesPerPanel * mostInner);
  }

  /** Room for a left operand. */
  static PanelBuffer ofRows(GemmTile tile, int mostRows, int mostInner, KernelContext context) {
    return new PanelBuffer(tile, tile.rows(), mostRows, mostInner, context);
  }

  /** Room for a right operand. */
  static PanelBuffer ofColumns(
      GemmTile tile, int mostColumns, int mostInner, KernelContext context) {
    return new PanelBuffer(tile, tile.columns(), mostColumns, mostInner, context);
  }

  /**
   * Lays out a matrix.
   *
   * @param lanes rows of a left operand, columns of a right one
   */
  void pack(float[] data, int offset, int laneStride, int innerStride, int lanes, int inner) {
    this.lanes = lanes;
    this.inner = inner;
    for (int k = 0; k < inner; k += GemmKernel.INNER_BLOCK) {
      for (int lane = 0; lane < lanes; lane += lanesPerPanel) {
        tile.pack(
            data,
            offset + lane * laneStride + k * innerStride,
            laneStride,
            innerStride,
            Math.min(lanesPerPanel, lanes - lane),
            lanesPerPanel,
            depth(k),
            panels,
            panel(lane, k));
      }
    }
  }

  /**
   * Lays out the windows of a picture, a column for each position, a value for each tap; columns
   * that fill the last panel up keep what they had, as nobody reads what comes of them.
   *
   * @param windows runs of positions that end where panels do
   * @param padded what {@link WindowSegments#pad} made of the picture
   */
  void unfold(WindowSegments windows, float[] padded, int positions, int taps) {
    lanes = positions;
    inner = taps;
    for (int block = 0; block < taps; block += GemmKernel.INNER_BLOCK) {
      int end = block + depth(block);
      for (int run = 0; run < windows.count(); run++) {
        int lane = windows.first(run) % lanesPerPanel;
        int firstLane = windows.first(run) - lane;
        int width = tile.width(Math.min(lanesPerPanel, lanes - firstLane), lanesPerPanel);
        int source = windows.source(run);
        int length = windows.length(run);
        int to = panel(firstLane, block) + lane;
        for (int tap = block; tap < end; tap++) {
          windows.copy(padded, source + windows.tap(tap), panels, to, length);
          to += width;
        }
      }
    }
  }

  /** Multiplies what was laid out by a factor. */
  void scale(float factor) {
    int size = GemmPlan.blocks(lanes, lanesPerPanel) * lanesPerPanel * inner;
    for (int i = 0; i < size; i++) {
      panels[i] *= factor;
    }
  }

  private int depth(int k) {
    return Math.min(GemmKernel.INNER_BLOCK, inner - k);
  }

  private int panel(int lane, int k) {
    return GemmPlan.blocks(lanes, lanesPerPanel) * lanesPerPanel * k + lane * depth(k);
  }

  /**
   * Computes {@code c = a b}, or {@code c = c + a b}, as {@link GemmKernel} defines it.
   *
   * @param spare room for a tile
   */
  static void multiply(
      PanelBuffer a,
      PanelBuffer b,
      float[] c,
      int cOffset,
      int cStride,
      boolean accumulate,
      float[] spare) {
    GemmTile tile = a.tile;
    for (int k = 0; k < a.inner; k += GemmKernel.INNER_BLOCK) {
      for (int column = 0; column < b.lanes; column += tile.columns()) {
        for (int row = 0; row < a.lanes; row += tile.rows()) {
          tile.multiply(
              Math.min(tile.rows(), a.lanes - row),
              Math.min(tile.columns(), b.lanes - column),
              a.depth(k),
              a.panels,
              a.panel(row, k),
              b.panels,
              b.panel(column, k),
              c,
              cOffset + row * cStride + column,
              cStride,
              accumulate || k > 0,
              spare,
              0);
        }
      }
    }
  }

  @Override
  public void close() {
    context.release(panels);
  }
}
