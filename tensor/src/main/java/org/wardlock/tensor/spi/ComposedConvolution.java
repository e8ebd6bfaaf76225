package org.wardlock.tensor.spi;

import java.util.Optional;
import org.wardlock.tensor.Activation;
import org.wardlock.tensor.DType;
import org.wardlock.tensor.Shape;

/** Convolution as a product over unfolded windows, (N, C kh kw, rows columns), and folded back. */
final class ComposedConvolution {
  private ComposedConvolution() {}

  static void forward(
      Backend backend,
      Operand x,
      Operand weight,
      Optional<Operand> bias,
      int stride,
      int padding,
      Operand out) {
    if (out.shape().count() == 0) {
      return;
    }
    try (var f = new Composition(backend)) {
      Operand unfolded = unfold(f, x, weight.shape(), stride, padding, out.shape());
      Operand filters = filters(f, weight, x.shape().extent(0));
      Epilogue epilogue =
          bias.<Epilogue>map(
                  start ->
                      new Epilogue.Bias(
                          f.contiguous(start), Epilogue.Along.ROWS, Activation.IDENTITY))
              .orElse(Epilogue.NONE);
      backend.gemm(filters, unfolded, f.reshape(out, flat(out.shape())), epilogue);
    }
  }

  static void backwardInput(
      Backend backend, Operand g, Operand weight, int stride, int padding, Operand out) {
    if (g.shape().count() == 0) {
      backend.fill(out, 0);
      return;
    }
    try (var f = new Composition(backend)) {
      Shape kernel = weight.shape();
      Operand filters = Composition.permute(filters(f, weight, g.shape().extent(0)), 0, 2, 1);
      Operand windows = f.matmul(filters, f.reshape(g, flat(g.shape())));
      Operand padded = fold(f, windows, kernel, stride, padded(out.shape(), padding), g.shape());
      Operand inner = inner(padded, padding, out.shape());
      if (out.dtype() == DType.F32) {
        backend.copy(inner, out);
      } else {
        backend.cast(inner, out);
      }
    }
  }

  static void backwardWeight(
      Backend backend, Operand x, Operand g, int stride, int padding, Operand out) {
    if (g.shape().count() == 0 || x.shape().count() == 0) {
      backend.fill(out, 0);
      return;
    }
    try (var f = new Composition(backend)) {
      Operand unfolded = unfold(f, x, out.shape(), stride, padding, g.shape());
      Shape shape = Shape.of(1, out.shape().extent(0), unfolded.shape().extent(1));
      backend.gemm(
          f.reshape(g, flat(g.shape())),
          Composition.permute(unfolded, 0, 2, 1),
          f.reshape(out, shape),
          Epilogue.NONE);
    }
  }

  /** (N, C, H, W) as (N, C, H W). */
  private static Shape flat(Shape shape) {
    return Shape.of(shape.extent(0), shape.extent(1), shape.extent(2) * shape.extent(3));
  }

  private static Shape padded(Shape shape, int padding) {
    return shape.with(2, shape.extent(2) + 2 * padding).with(3, shape.extent(3) + 2 * padding);
  }

  /** The filters as rows, the same ones for each picture. */
  private static Operand filters(Composition f, Operand weight, int batch) {
    int out = weight.shape().extent(0);
    int inner = Math.toIntExact(weight.shape().without(0).count());
    Operand rows = f.reshape(weight, Shape.of(1, out, inner));
    return Composition.expand(rows, Shape.of(batch, out, inner));
  }

  private static Operand unfold(
      Composition f, Operand x, Shape kernel, int stride, int padding, Shape out) {
    Operand padded = x;
    if (padding > 0) {
      padded = f.zeros(padded(x.shape(), padding), x.dtype());
      f.into(inner(padded, padding, x.shape()), x);
    }
    Shape shape =
        Shape.of(
            x.shape().extent(0),
            x.shape().extent(1),
            out.extent(2),
            out.extent(3),
            kernel.extent(2),
            kernel.extent(3));
    Operand windows = Composition.permute(windows(padded, stride, shape), 0, 1, 4, 5, 2, 3);
    int inner = x.shape().extent(1) * kernel.extent(2) * kernel.extent(3);
    return f.reshape(windows, Shape.of(x.shape().extent(0), inner, out.extent(2) * out.extent(3)));
  }

  /** What lies within the padding. */
  private static Operand inner(Operand padded, int padding, Shape shape) {
    Operand rows = Composition.slice(padded, 2, padding, padding + shape.extent(2));
    return Composition.slice(rows, 3, padding, padding + shape.extent(3));
  }

  /** A view of pictures (N, C, H, W) as windows (N, C, rows, columns, height, width). */
  private static Operand windows(Operand x, int stride, Shape shape) {
    Layout layout = x.layout();
    long[] strides = {
      layout.stride(0),
      layout.stride(1),
      layout.stride(2) * stride,
      layout.stride(3) * stride,
      layout.stride(2),
      layout.stride(3)
    };
    return x.with(Layout.of(shape, strides, layout.offset()));
  }

  /**
   * Adds windows up where they overlap. Those parts of them that are as large as the stride lie
   * side by side, so that the windows are written as such parts, and only these are added, in
   * row-major order.
   */
  private static Operand fold(
      Composition f, Operand unfolded, Shape kernel, int stride, Shape shape, Shape out) {
    int height = kernel.extent(2);
    int width = kernel.extent(3);
    Shape all =
        Shape.of(shape.extent(0), shape.extent(1), height, width, out.extent(2), out.extent(3));
    Operand windows = Composition.permute(f.reshape(unfolded, all), 0, 1, 4, 5, 2, 3);
    Operand sum = f.zeros(shape, DType.F32);
    for (int i = 0; i < height; i += stride) {
      for (int j = 0; j < width; j += stride) {
        Operand rows = Composition.slice(windows, 4, i, Math.min(height, i + stride));
        Operand part = Composition.slice(rows, 5, j, Math.min(width, j + stride));
        boolean first = i == 0 && j == 0;
        try (var t = new Composition(f.backend())) {
          Operand target = first ? sum : t.zeros(shape, DType.F32);
          Operand below = Composition.slice(target, 2, i, shape.extent(2));
          Operand corner = Composition.slice(below, 3, j, shape.extent(3));
          f.backend().copy(part, windows(corner, stride, part.shape()));
          if (!first) {
            f.accumulate(sum, target);
          }
        }
      }
    }
    return sum;
  }
}
