package org.wardlock.kernels.source;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.spi.Layout;
import org.wardlock.tensor.spi.Operand;

/** Elements moved, converted, gathered and scattered. */
final class GpuMovement {
  private static final String FAMILY = "movement";

  private final KernelLibrary kernels;

  GpuMovement(KernelLibrary kernels) {
    this.kernels = kernels;
  }

  void fill(Operand out, double value) {
    Walk walk = Walk.of(out);
    var arguments =
        new KernelArguments()
            .words(walk.extents())
            .longNumber(ElementBits.of(out.dtype(), value))
            .view(out, walk.view(0));
    kernels.each(FAMILY, "fill" + out.dtype().bytes(), walk.count(), arguments);
  }

  void copy(Operand x, Operand out) {
    Walk walk = Walk.of(x, out);
    var arguments =
        new KernelArguments().words(walk.extents()).view(x, walk.view(0)).view(out, walk.view(1));
    kernels.each(FAMILY, "copy" + x.dtype().bytes(), walk.count(), arguments);
  }

  void cast(Operand x, Operand out) {
    if (x.dtype() == out.dtype()) {
      copy(x, out);
      return;
    }
    Walk walk = Walk.of(x, out);
    var arguments =
        new KernelArguments()
            .words(walk.extents())
            .number(x.dtype().ordinal())
            .view(x, walk.view(0))
            .number(out.dtype().ordinal())
            .view(out, walk.view(1));
    kernels.each("cast", "cast", walk.count(), arguments);
  }

  void gather(Operand x, int axis, Operand index, Operand out) {
    Layout to = outermost(out.layout(), axis);
    // read as if it had the extents of the output; the kernel puts in the index
    Layout from = outermost(x.layout(), axis);
    Walk walk = Walk.keepingOutermost(Layout.of(to.shape(), from.strides(), from.offset()), to);
    var arguments =
        new KernelArguments()
            .words(walk.extents())
            .view(x, walk.view(0))
            .number(x.shape().extent(axis))
            .longNumber(ElementBits.of(out.dtype(), Double.NaN))
            .vector(index)
            .view(out, walk.view(1));
    kernels.each(FAMILY, "gather" + x.dtype().bytes(), walk.count(), arguments);
  }

  void scatterAdd(Operand x, int axis, Operand index, Operand out) {
    Layout from = outermost(x.layout(), axis);
    Layout to = outermost(out.layout(), axis);
    int rows = from.shape().extent(0);
    Walk columns = Walk.of(inner(from), inner(to));
    var arguments =
        new KernelArguments()
            .number(rows)
            .words(columns.extents())
            .view(x, columns.view(0))
            .number(Math.toIntExact(from.stride(0)))
            .vector(index)
            .view(out, columns.view(1))
            .number(Math.toIntExact(to.stride(0)))
            .number(to.shape().extent(0));
    kernels.each(FAMILY, "scatterAdd", rows == 0 ? 0 : columns.count(), arguments);
  }

  void movePictures(Operand x, Operand moves, Operand out) {
    Shape shape = x.shape();
    int count = Math.toIntExact(shape.count());
    var arguments =
        new KernelArguments()
            .number(count)
            .number(shape.extent(1))
            .number(shape.extent(2))
            .number(shape.extent(3))
            .view(x, Walk.unmerged(x.layout()).view(0))
            .dense(moves)
            .dense(out);
    kernels.each(FAMILY, "movePictures", count, arguments);
  }

  /** The layout with one axis moved to the front. */
  private static Layout outermost(Layout layout, int axis) {
    IntStream others = IntStream.range(0, layout.shape().rank()).filter(other -> other != axis);
    return layout.permute(IntStream.concat(IntStream.of(axis), others).toArray());
  }

  /** The layout of one entry of the outermost axis. */
  private static Layout inner(Layout layout) {
    long[] strides = layout.strides();
    return Layout.of(
        layout.shape().without(0), Arrays.copyOfRange(strides, 1, strides.length), layout.offset());
  }
}
