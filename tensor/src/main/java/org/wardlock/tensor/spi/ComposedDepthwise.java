package org.wardlock.tensor.spi;

import java.util.Optional;
import org.wardlock.tensor.Shape;

/**
 * Depthwise convolution tap by tap: each of the k x k weights of a channel multiplies a shifted
 * view of a zero-padded copy. The taps are added in row-major order, after the bias.
 */
final class ComposedDepthwise {
  private static final int[] ALL_BUT_CHANNELS = {0, 2, 3};

  private ComposedDepthwise() {}

  static void forward(
      Backend backend, Operand x, Operand weight, Optional<Operand> bias, Operand out) {
    int kernel = weight.shape().extent(2);
    try (var f = new Composition(backend)) {
      Operand padded = pad(f, x, kernel / 2);
      start(backend, bias, out);
      for (int i = 0; i < kernel; i++) {
        for (int j = 0; j < kernel; j++) {
          addTap(backend, out, window(padded, i, j, out.shape()), tap(weight, i, j));
        }
      }
    }
  }

  /** The same with the kernel turned by half a turn. */
  static void backwardInput(Backend backend, Operand g, Operand weight, Operand out) {
    int last = weight.shape().extent(2) - 1;
    try (var f = new Composition(backend)) {
      Operand padded = pad(f, g, last / 2);
      start(backend, Optional.empty(), out);
      for (int i = 0; i <= last; i++) {
        for (int j = 0; j <= last; j++) {
          addTap(backend, out, window(padded, i, j, out.shape()), tap(weight, last - i, last - j));
        }
      }
    }
  }

  /** Each tap's gradient is the sum of what it multiplied, times g. */
  static void backwardWeight(Backend backend, Operand x, Operand g, Operand out) {
    int kernel = out.shape().extent(2);
    try (var f = new Composition(backend)) {
      Operand padded = pad(f, x, kernel / 2);
      for (int i = 0; i < kernel; i++) {
        for (int j = 0; j < kernel; j++) {
          try (var t = new Composition(backend)) {
            Operand product = t.multiply(window(padded, i, j, g.shape()), g);
            t.into(tap(out, i, j), t.sum(product, ALL_BUT_CHANNELS));
          }
        }
      }
    }
  }

  private static void start(Backend backend, Optional<Operand> bias, Operand out) {
    if (bias.isPresent()) {
      try (var f = new Composition(backend)) {
        Operand perChannel = f.reshape(bias.get(), Shape.of(1, out.shape().extent(1), 1, 1));
        backend.copy(Composition.expand(perChannel, out.shape()), out);
      }
    } else {
      backend.fill(out, 0);
    }
  }

  private static void addTap(Backend backend, Operand out, Operand window, Operand tap) {
    try (var f = new Composition(backend)) {
      f.accumulate(out, f.multiply(window, tap));
    }
  }

  private static Operand pad(Composition f, Operand x, int border) {
    Shape shape = x.shape();
    int height = shape.extent(2);
    int width = shape.extent(3);
    Operand padded = f.zeros(shape.with(2, height + 2 * border).with(3, width + 2 * border));
    f.into(window(padded, border, border, shape), x);
    return padded;
  }

  /** The part of a padded image that has the given shape and starts at (row, column). */
  private static Operand window(Operand padded, int row, int column, Shape shape) {
    Operand rows = Composition.slice(padded, 2, row, row + shape.extent(2));
    return Composition.slice(rows, 3, column, column + shape.extent(3));
  }

  /** One weight of every channel as (1, C, 1, 1). */
  private static Operand tap(Operand weight, int row, int column) {
    Operand rows = Composition.slice(weight, 2, row, row + 1);
    return Composition.permute(Composition.slice(rows, 3, column, column + 1), 1, 0, 2, 3);
  }
}
