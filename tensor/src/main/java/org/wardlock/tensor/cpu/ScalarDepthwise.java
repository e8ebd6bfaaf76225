package org.wardlock.tensor.cpu;

import java.util.Optional;

/** Depthwise convolution without the Vector API. */
public final class ScalarDepthwise implements DepthwiseKernel {
  private final DepthwiseKernel kernel = new PlanarDepthwise(ScalarPlaneWorker::new);

  @Override
  public void forward(
      Extents extents,
      FloatSlice x,
      FloatSlice weight,
      Optional<FloatSlice> bias,
      FloatSlice out,
      KernelContext context) {
    kernel.forward(extents, x, weight, bias, out, context);
  }

  @Override
  public void backwardInput(
      Extents extents, FloatSlice g, FloatSlice weight, FloatSlice out, KernelContext context) {
    kernel.backwardInput(extents, g, weight, out, context);
  }

  @Override
  public void backwardWeight(
      Extents extents, FloatSlice x, FloatSlice g, FloatSlice out, KernelContext context) {
    kernel.backwardWeight(extents, x, g, out, context);
  }

  @Override
  public PlaneWorker open(Extents extents, KernelContext context) {
    return kernel.open(extents, context);
  }
}
