package org.wardlock.kernels.source;

import java.util.Optional;
import org.wardlock.tensor.DType;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.spi.Epilogue;
import org.wardlock.tensor.spi.Operand;

/** Matrix products and depthwise convolutions. */
final class GpuProducts {
  /** As in tile.h. */
  static final int TILE = 64;

  // as in planes.kernel
  private static final int PLANE_TILE = 32;
  private static final int PLANES = 2;
  private static final int LARGEST_SIDE = 11;

  /** Smaller planes leave too much of a tile empty. */
  private static final int SMALLEST_PLANE = 16 * 16;

  private static final String DEPTHWISE = "depthwise";

  private final KernelLibrary kernels;

  GpuProducts(KernelLibrary kernels) {
    this.kernels = kernels;
  }

  void gemm(Operand a, Operand b, Operand out, Epilogue epilogue) {
    Shape shape = out.shape();
    int summed = shape.extent(0) == 1 ? a.shape().extent(0) : 1;
    int tiles = Math.ceilDiv(shape.extent(1), TILE) * Math.ceilDiv(shape.extent(2), TILE);
    Optional<Epilogue.Bias> bias =
        epilogue instanceof Epilogue.Bias given ? Optional.of(given) : Optional.empty();
    // without a bias the kernel reads none, but wants a pointer
    Operand biasOrAny = bias.map(Epilogue.Bias::bias).orElse(a);
    var arguments =
        new KernelArguments()
            .number(summed)
            .number(shape.extent(1))
            .number(a.shape().extent(2))
            .number(shape.extent(2))
            .view(a, Walk.unmerged(a.layout()).view(0))
            .view(b, Walk.unmerged(b.layout()).view(0))
            .dense(out)
            .flag(out.dtype() == DType.F32)
            .number(FinishKind.of(epilogue).ordinal())
            .dense(biasOrAny)
            .number(bias.map(given -> given.activation().ordinal()).orElse(0));
    kernels.groups(KernelSource.family("gemm", a), "gemm", shape.extent(0) * tiles, arguments);
  }

  void depthwise(Operand x, Operand weight, Optional<Operand> bias, Operand out) {
    convolve(x, weight, bias, false, Optional.empty(), out);
  }

  /** The gradient towards the input, and what is added to it. */
  void depthwiseBackwardInput(Operand g, Operand weight, Optional<Operand> addend, Operand out) {
    convolve(g, weight, Optional.empty(), true, addend, out);
  }

  private void convolve(
      Operand x,
      Operand weight,
      Optional<Operand> bias,
      boolean turned,
      Optional<Operand> addend,
      Operand out) {
    Walk image = Walk.unmerged(x.layout(), addend.orElse(x).layout());
    Operand biasOrAny = bias.orElse(weight);
    int side = weight.shape().extent(2);
    var arguments =
        new KernelArguments()
            .words(image.extents())
            .number(side)
            .flag(turned)
            .view(x, image.view(0))
            .view(weight, Walk.unmerged(weight.layout()).view(0))
            .flag(bias.isPresent())
            .view(biasOrAny, Walk.unmerged(biasOrAny.layout()).view(0))
            .flag(addend.isPresent())
            .view(addend.orElse(x), image.view(1))
            .dense(out);
    if (fillsTiles(x.shape(), side)) {
      String family = KernelSource.family("planes", x);
      kernels.groups(family, "depthwisePlanes", groups(x.shape()), arguments);
    } else {
      kernels.each(KernelSource.family(DEPTHWISE, x), "depthwise", image.count(), arguments);
    }
  }

  /**
   * Whether planes (N, C, H, W) go through local memory by tiles. It follows from the extents of a
   * plane and its filter alone, and so do the bits.
   */
  private static boolean fillsTiles(Shape shape, int side) {
    return side > 1 && side <= LARGEST_SIDE && shape.extent(2) * shape.extent(3) >= SMALLEST_PLANE;
  }

  /** One for each tile of each two planes. */
  private static int groups(Shape shape) {
    int tiles =
        Math.ceilDiv(shape.extent(2), PLANE_TILE) * Math.ceilDiv(shape.extent(3), PLANE_TILE);
    return Math.ceilDiv(shape.extent(0) * shape.extent(1), PLANES) * tiles;
  }

  void depthwiseBackwardWeight(Operand x, Operand g, Operand out) {
    Walk image = Walk.unmerged(x.layout(), g.layout());
    var arguments =
        new KernelArguments()
            .words(image.extents())
            .number(out.shape().extent(2))
            .view(x, image.view(0))
            .view(g, image.view(1))
            .dense(out);
    int taps = Math.toIntExact(out.shape().count());
    kernels.lanes(KernelSource.family(DEPTHWISE, x), "depthwiseBackwardWeight", taps, arguments);
  }
}
