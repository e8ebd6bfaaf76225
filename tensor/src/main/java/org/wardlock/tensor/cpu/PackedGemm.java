package org.wardlock.tensor.cpu;

import java.util.Arrays;
import java.util.Optional;
import org.wardlock.tensor.spi.Epilogue;

/**
 * Packed, tiled, threaded matrix products over any tile (Goto and van de Geijn 2008; Van Zee and
 * van de Geijn 2015, BLIS).
 */
public final class PackedGemm implements GemmKernel {
  private final GemmTile tile;

  /** Products computed by {@code tile}. */
  public PackedGemm(GemmTile tile) {
    this.tile = tile;
  }

  @Override
  public void multiply(GemmProblem problem, KernelContext context) {
    if (problem.isEmpty()) {
      return;
    }
    GemmProblem joined = problem.joined();
    if (joined.inner() == 0) {
      finishEmptySum(joined);
    } else {
      new Run(joined, context).run();
    }
  }

  private void finishEmptySum(GemmProblem problem) {
    int items = problem.sumsBatch() ? 1 : problem.batch();
    for (int item = 0; item < items; item++) {
      for (int row = 0; row < problem.rows(); row++) {
        if (!(problem.finish() instanceof GemmFinish.Accumulate)) {
          int from =
              problem.c().offset()
                  + item * problem.c().batchStride()
                  + row * problem.c().rowStride();
          Arrays.fill(problem.c().data(), from, from + problem.columns(), 0f);
        }
      }
      finish(problem, item, 0, problem.rows(), 0, problem.columns());
    }
  }

  private void finish(
      GemmProblem problem, int item, int firstRow, int rows, int firstColumn, int columns) {
    if (!(problem.finish() instanceof GemmFinish.Bias(var bias, var along, var activation))) {
      return;
    }
    MatrixBatch c = problem.c();
    for (int row = firstRow; row < firstRow + rows; row++) {
      int from = c.offset() + item * c.batchStride() + row * c.rowStride() + firstColumn;
      if (along == Epilogue.Along.COLUMNS) {
        tile.add(bias.data(), bias.offset() + firstColumn, c.data(), from, columns);
      } else {
        add(bias.data()[bias.offset() + row], c.data(), from, columns);
      }
      activation.apply(c.data(), from, columns);
    }
  }

  /** In a method of its own, C2 makes vector code of it. */
  static void add(float addend, float[] values, int offset, int length) {
    for (int i = offset; i < offset + length; i++) {
      values[i] += addend;
    }
  }

  /** One product on its way. */
  private final class Run {
    private final GemmProblem problem;
    private final KernelContext context;
    private final GemmPlan plan;
    private final PackedOperand a;
    private final PackedOperand b;
    private final int rowBlocks;
    private final int columnBlocks;
    private final Optional<float[]> keptA;
    private final Optional<float[]> keptB;
    private final boolean packsAAhead;
    private final boolean packsBAhead;
    private float[] aheadA = {};
    private float[] aheadB = {};

    Run(GemmProblem problem, KernelContext context) {
      this.problem = problem;
      this.context = context;
      plan = GemmPlan.of(problem, tile);
      a = PackedOperand.rowsOfA(tile, problem);
      b = PackedOperand.columnsOfB(tile, problem);
      rowBlocks = GemmPlan.blocks(problem.rows(), plan.rowBlock());
      columnBlocks = GemmPlan.blocks(problem.columns(), plan.columnBlock());
      keptA = a.kept(plan.items(), context);
      keptB = b.kept(plan.items(), context);
      packsAAhead = plan.packsAAhead() && keptA.isEmpty();
      packsBAhead = plan.packsBAhead() && keptB.isEmpty();
    }

    void run() {
      if (packsAAhead) {
        aheadA = context.take(room(a));
      }
      if (packsBAhead) {
        aheadB = context.take(room(b));
      }
      try {
        for (int item = 0; item < plan.items(); item += plan.itemGroup()) {
          int items = Math.min(plan.itemGroup(), plan.items() - item);
          for (int step = 0; step < plan.steps(); step += plan.stepGroup()) {
            runGroup(item, items, step, Math.min(plan.stepGroup(), plan.steps() - step));
          }
        }
      } finally {
        if (packsAAhead) {
          context.release(aheadA);
        }
        if (packsBAhead) {
          context.release(aheadB);
        }
      }
    }

    /** A power of two, so that products of many shapes take turns with the same scratch. */
    private int room(PackedOperand operand) {
      int size = slots(operand, plan.itemGroup(), plan.stepGroup()) * operand.size();
      return Math.max(size, Integer.highestOneBit(Math.max(1, size - 1)) << 1);
    }

    private static int slots(PackedOperand operand, int items, int steps) {
      return (operand.isShared() ? 1 : items) * steps;
    }

    private void runGroup(int firstItem, int items, int firstStep, int steps) {
      int tasksA = packsAAhead ? slots(a, items, steps) * a.tasks() : 0;
      int tasksB = packsBAhead ? slots(b, items, steps) * b.tasks() : 0;
      if (tasksA + tasksB > 0) {
        context.run(
            tasksA + tasksB,
            task -> {
              if (task < tasksA) {
                packAhead(a, aheadA, task, firstItem, firstStep, steps);
              } else {
                packAhead(b, aheadB, task - tasksA, firstItem, firstStep, steps);
              }
            });
      }
      context.run(
          items * rowBlocks * columnBlocks,
          task -> {
            int rowBlock = task % rowBlocks;
            int columnBlock = task / rowBlocks % columnBlocks;
            int item = task / rowBlocks / columnBlocks;
            computeBlock(firstItem, item, rowBlock, columnBlock, firstStep, steps);
          });
    }

    private void packAhead(
        PackedOperand operand, float[] ahead, int task, int firstItem, int firstStep, int steps) {
      int slot = task / operand.tasks();
      operand.packShare(
          firstItem + slot / steps,
          firstStep + slot % steps,
          task % operand.tasks(),
          ahead,
          slot * operand.size());
    }

    private void computeBlock(
        int firstItem, int item, int rowBlock, int columnBlock, int firstStep, int steps) {
      int firstRow = rowBlock * plan.rowBlock();
      int rows = Math.min(plan.rowBlock(), problem.rows() - firstRow);
      int firstColumn = columnBlock * plan.columnBlock();
      int columns = Math.min(plan.columnBlock(), problem.columns() - firstColumn);
      int sizeA = packsAAhead || keptA.isPresent() ? 0 : a.size(rows);
      int sizeB = packsBAhead || keptB.isPresent() ? 0 : b.size(columns);
      float[] own = context.take(sizeA + sizeB + tile.rows() * tile.columns());
      for (int step = firstStep; step < firstStep + steps; step++) {
        int depth = a.depth(step);
        float[] panelsA = own;
        int offsetA = 0;
        if (keptA.isPresent()) {
          panelsA = keptA.get();
          offsetA = step * a.size() + firstRow * depth;
        } else if (packsAAhead) {
          panelsA = aheadA;
          offsetA =
              (a.isShared() ? 0 : item) * steps * a.size()
                  + (step - firstStep) * a.size()
                  + firstRow * depth;
        } else {
          a.pack(firstItem + item, step, firstRow, rows, own, offsetA);
        }
        float[] panelsB = own;
        int offsetB = sizeA;
        if (keptB.isPresent()) {
          panelsB = keptB.get();
          offsetB = step * b.size() + firstColumn * depth;
        } else if (packsBAhead) {
          panelsB = aheadB;
          offsetB =
              (b.isShared() ? 0 : item) * steps * b.size()
                  + (step - firstStep) * b.size()
                  + firstColumn * depth;
        } else {
          b.pack(firstItem + item, step, firstColumn, columns, own, offsetB);
        }
        MatrixBatch c = problem.c();
        int offsetC =
            c.offset()
                + (firstItem + item) * c.batchStride()
                + firstRow * c.rowStride()
                + firstColumn;
        boolean accumulates = step > 0 || problem.finish() instanceof GemmFinish.Accumulate;
        multiplyPanels(
            rows,
            columns,
            depth,
            panelsA,
            offsetA,
            panelsB,
            offsetB,
            c,
            offsetC,
            accumulates,
            own,
            sizeA + sizeB);
      }
      context.release(own);
      if (firstStep + steps == plan.steps()) {
        finish(problem, firstItem + item, firstRow, rows, firstColumn, columns);
      }
    }

    private void multiplyPanels(
        int rows,
        int columns,
        int depth,
        float[] panelsA,
        int offsetA,
        float[] panelsB,
        int offsetB,
        MatrixBatch c,
        int offsetC,
        boolean accumulates,
        float[] spare,
        int spareOffset) {
      for (int column = 0; column < columns; column += tile.columns()) {
        for (int row = 0; row < rows; row += tile.rows()) {
          tile.multiply(
              Math.min(tile.rows(), rows - row),
              Math.min(tile.columns(), columns - column),
              depth,
              panelsA,
              offsetA + row * depth,
              panelsB,
              offsetB + column * depth,
              c.data(),
              offsetC + row * c.rowStride() + column,
              c.rowStride(),
              accumulates,
              spare,
              spareOffset);
        }
      }
    }
  }
}
