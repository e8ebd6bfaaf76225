package org.wardlock.tensor.cpu.vector;

import java.util.Optional;
import org.wardlock.tensor.cpu.DepthwiseKernel;
import org.wardlock.tensor.cpu.FloatSlice;
import org.wardlock.tensor.cpu.KernelContext;
import org.wardlock.tensor.cpu.PlanarDepthwise;
import org.wardlock.tensor.cpu.PlaneWorker;

/** Depthwise convolution by the Vector API. */
public final class VectorDepthwise implements DepthwiseKernel {
  private final DepthwiseKernel kernel = new PlanarDepthwise(VectorPlaneWorker::open);

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
