package org.wardlock.tensor.cpu;

/** Matrix products without the Vector API. */
public final class ScalarGemm implements GemmKernel {
  private final GemmKernel kernel = new PackedGemm(new ScalarGemmTile());

  @Override
  public void multiply(GemmProblem problem, KernelContext context) {
    kernel.multiply(problem, context);
  }
}
