package org.wardlock.tensor.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class GemmPlanTest {
  private static final GemmTile TILE = new ScalarGemmTile();

  @Property(tries = 300)
  void blocksAreWholeTilesAndMemoryIsBounded(
      @ForAll @IntRange(min = 1, max = 300) int batch,
      @ForAll @IntRange(min = 1, max = 100_000) int rows,
      @ForAll @IntRange(min = 1, max = 100_000) int columns,
      @ForAll @IntRange(min = 1, max = 10_000) int inner,
      @ForAll boolean sums) {
    GemmPlan plan = GemmPlan.of(problem(batch, rows, columns, inner, sums), TILE);
    assertEquals(0, plan.rowBlock() % TILE.rows());
    assertEquals(0, plan.columnBlock() % TILE.columns());
    assertTrue(plan.rowBlock() <= 256 + TILE.rows() && plan.columnBlock() <= 1024 + TILE.columns());
    long step =
        (long) Math.min(inner, GemmKernel.INNER_BLOCK) * plan.itemGroup() * plan.stepGroup();
    assertTrue(!plan.packsAAhead() || step * rows <= 1 << 21, plan::toString);
    assertTrue(!plan.packsBAhead() || step * columns <= 1 << 21, plan::toString);
  }

  @Test
  void aLargeProductIsCutForManyThreads() {
    GemmPlan plan = GemmPlan.of(problem(1, 1536, 1536, 1536, false), TILE);
    int blocks = GemmPlan.blocks(1536, plan.rowBlock()) * GemmPlan.blocks(1536, plan.columnBlock());
    assertTrue(blocks >= 16, "blocks " + blocks);
  }

  @Test
  void aSmallProductStaysWhole() {
    GemmPlan plan = GemmPlan.of(problem(1, 40, 30, 50, false), TILE);
    assertTrue(plan.rowBlock() >= 40 && plan.columnBlock() >= 30);
    assertFalse(plan.packsAAhead() || plan.packsBAhead());
  }

  private static GemmProblem problem(int batch, int rows, int columns, int inner, boolean sums) {
    float[] none = {};
    return new GemmProblem(
        batch,
        rows,
        columns,
        inner,
        new MatrixBatch(none, 0, 1, inner, 1),
        new MatrixBatch(none, 0, 1, columns, 1),
        new MatrixBatch(none, 0, sums ? 0 : 1, columns, 1),
        GemmFinish.STORE);
  }
}
