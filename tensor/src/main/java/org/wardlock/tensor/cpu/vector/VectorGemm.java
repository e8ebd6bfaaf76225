package org.wardlock.tensor.cpu.vector;

import jdk.incubator.vector.FloatVector;
import org.wardlock.tensor.cpu.GemmKernel;
import org.wardlock.tensor.cpu.GemmProblem;
import org.wardlock.tensor.cpu.GemmTile;
import org.wardlock.tensor.cpu.KernelContext;
import org.wardlock.tensor.cpu.PackedGemm;

/** Matrix products by the Vector API, with the tile that suits the machine's registers. */
public final class VectorGemm implements GemmKernel {
  private final GemmKernel kernel = new PackedGemm(tile());

  /** How many floats a vector of this machine holds. */
  public static int lanes() {
    return FloatVector.SPECIES_PREFERRED.length();
  }

  /** The tile for this machine. */
  public static GemmTile tile() {
    return FloatVector.SPECIES_PREFERRED.vectorBitSize() == 256
        ? new FourRowTile()
        : new EightRowTile();
  }

  @Override
  public void multiply(GemmProblem problem, KernelContext context) {
    kernel.multiply(problem, context);
  }
}
