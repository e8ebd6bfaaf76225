package org.wardlock.tensor.testing;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.spi.AdamSettings;
import org.wardlock.tensor.spi.Layout;
import org.wardlock.tensor.spi.ReduceOp;
import org.wardlock.tensor.spi.SgdSettings;

/**
 * Reductions, products, convolutions and optimisers in double precision, by definition: one loop an
 * index.
 */
final class Reference {
  private Reference() {}

  /** Reduced axes stay with extent 1. */
  static Values reduce(ReduceOp op, Values x, int... axes) {
    int rank = x.shape().rank();
    IntStream kept = IntStream.range(0, rank).filter(axis -> Arrays.binarySearch(axes, axis) < 0);
    int[] order = IntStream.concat(kept, IntStream.of(axes)).toArray();
    double[] rows = x.view(Layout.contiguous(x.shape()).permute(order)).data();
    Shape shape = x.shape();
    for (int axis : axes) {
      shape = shape.with(axis, 1);
    }
    int count = shape.count() == 0 ? 0 : rows.length / (int) shape.count();
    return Values.of(
        shape,
        row -> {
          double[] part = Arrays.copyOfRange(rows, row * count, (row + 1) * count);
          return switch (op) {
            case SUM -> Arrays.stream(part).sum();
            case MEAN -> Arrays.stream(part).sum() / count;
            case MAX -> Arrays.stream(part).reduce(Double.NEGATIVE_INFINITY, Math::max);
            case MIN -> Arrays.stream(part).reduce(Double.POSITIVE_INFINITY, Math::min);
          };
        });
  }

  /** (batch, rows, inner) times (batch, inner, columns). */
  static Values matmul(Values a, Values b) {
    int rows = a.shape().extent(1);
    int inner = a.shape().extent(2);
    int columns = b.shape().extent(2);
    return Values.of(
        Shape.of(a.shape().extent(0), rows, columns),
        i -> {
          int row = i / columns;
          int right = row / rows * inner * columns + i % columns;
          double sum = 0;
          for (int k = 0; k < inner; k++) {
            sum += a.data()[row * inner + k] * b.data()[right + k * columns];
          }
          return sum;
        });
  }

  /** For each product of a convolution: indices of x, weight and result that belong together. */
  private interface Products {
    void each(int x, int weight, int out);
  }

  private static void convolve(
      Shape x, Shape weight, Shape out, int stride, int padding, Products products) {
    int taps = weight.extent(2) * weight.extent(3);
    for (int o = 0; o < out.count(); o++) {
      int column = o % out.extent(3);
      int row = o / out.extent(3) % out.extent(2);
      int filter = o / (out.extent(2) * out.extent(3)) % out.extent(1);
      int picture = o / (out.extent(1) * out.extent(2) * out.extent(3));
      for (int k = 0; k < x.extent(1) * taps; k++) {
        int i = row * stride - padding + k % taps / weight.extent(3);
        int j = column * stride - padding + k % weight.extent(3);
        if (i >= 0 && i < x.extent(2) && j >= 0 && j < x.extent(3)) {
          int plane = picture * x.extent(1) + k / taps;
          int at = (plane * x.extent(2) + i) * x.extent(3) + j;
          products.each(at, filter * x.extent(1) * taps + k, o);
        }
      }
    }
  }

  static Values convolution(
      Values x, Values weight, Optional<Values> bias, Shape out, int stride, int padding) {
    int plane = out.extent(2) * out.extent(3);
    double[] sums = new double[(int) out.count()];
    Arrays.setAll(
        sums, i -> bias.map(start -> start.data()[i / plane % out.extent(1)]).orElse(0.0));
    convolve(
        x.shape(),
        weight.shape(),
        out,
        stride,
        padding,
        (at, tap, o) -> sums[o] += x.data()[at] * weight.data()[tap]);
    return Values.of(out, i -> sums[i]);
  }

  static Values convolutionBackwardInput(
      Values g, Values weight, Shape x, int stride, int padding) {
    double[] sums = new double[(int) x.count()];
    convolve(
        x,
        weight.shape(),
        g.shape(),
        stride,
        padding,
        (at, tap, o) -> sums[at] += g.data()[o] * weight.data()[tap]);
    return Values.of(x, i -> sums[i]);
  }

  static Values convolutionBackwardWeight(
      Values x, Values g, Shape weight, int stride, int padding) {
    double[] sums = new double[(int) weight.count()];
    convolve(
        x.shape(),
        weight,
        g.shape(),
        stride,
        padding,
        (at, tap, o) -> sums[tap] += g.data()[o] * x.data()[at]);
    return Values.of(weight, i -> sums[i]);
  }

  static Values depthwise(Values x, Values weight, Optional<Values> bias) {
    int channels = x.shape().extent(1);
    int height = x.shape().extent(2);
    int width = x.shape().extent(3);
    int kernel = weight.shape().extent(2);
    return Values.of(
        x.shape(),
        i -> {
          int plane = i / (height * width);
          int channel = plane % channels;
          int row = i / width % height;
          int column = i % width;
          double sum = bias.map(values -> values.data()[channel]).orElse(0.0);
          for (int ky = 0; ky < kernel; ky++) {
            for (int kx = 0; kx < kernel; kx++) {
              int y = row + ky - kernel / 2;
              int z = column + kx - kernel / 2;
              if (y >= 0 && y < height && z >= 0 && z < width) {
                sum +=
                    x.data()[(plane * height + y) * width + z]
                        * weight.data()[(channel * kernel + ky) * kernel + kx];
              }
            }
          }
          return sum;
        });
  }

  /** The gradient towards x is the same convolution with the kernel turned by half a turn. */
  static Values depthwiseBackwardInput(Values g, Values weight) {
    int taps = weight.shape().extent(2) * weight.shape().extent(3);
    Values turned =
        Values.of(weight.shape(), i -> weight.data()[i / taps * taps + taps - 1 - i % taps]);
    return depthwise(g, turned, Optional.empty());
  }

  static Values depthwiseBackwardWeight(Values x, Values g, int kernel) {
    int batch = x.shape().extent(0);
    int channels = x.shape().extent(1);
    int height = x.shape().extent(2);
    int width = x.shape().extent(3);
    return Values.of(
        Shape.of(channels, 1, kernel, kernel),
        i -> {
          int channel = i / (kernel * kernel);
          int down = i / kernel % kernel - kernel / 2;
          int right = i % kernel - kernel / 2;
          double sum = 0;
          for (int n = 0; n < batch; n++) {
            int plane = (n * channels + channel) * height;
            for (int y = Math.max(0, -down); y < Math.min(height, height - down); y++) {
              for (int z = Math.max(0, -right); z < Math.min(width, width - right); z++) {
                sum +=
                    g.data()[(plane + y) * width + z]
                        * x.data()[(plane + y + down) * width + z + right];
              }
            }
          }
          return sum;
        });
  }

  /** The parameter and the momentum after a step. */
  static Values[] sgd(SgdSettings settings, Values p, Values g, Values buffer, double lr) {
    double[] parameter = new double[p.data().length];
    double[] velocity = buffer.data().clone();
    for (int i = 0; i < parameter.length; i++) {
      double step = g.data()[i] + settings.weightDecay() * p.data()[i];
      if (settings.momentum() != 0) {
        velocity[i] = settings.momentum() * velocity[i] + step;
        step = settings.nesterov() ? step + settings.momentum() * velocity[i] : velocity[i];
      }
      parameter[i] = p.data()[i] - lr * step;
    }
    return new Values[] {new Values(p.shape(), parameter), new Values(p.shape(), velocity)};
  }

  /** The parameter and both moments after a step. */
  static Values[] adam(
      AdamSettings settings, Values p, Values g, Values m, Values v, double... scalars) {
    double[] parameter = p.data().clone();
    double[] first = new double[parameter.length];
    double[] second = new double[parameter.length];
    for (int i = 0; i < parameter.length; i++) {
      double gradient = g.data()[i];
      if (settings.decoupled()) {
        parameter[i] -= scalars[0] * settings.weightDecay() * parameter[i];
      } else {
        gradient += settings.weightDecay() * parameter[i];
      }
      first[i] = settings.beta1() * m.data()[i] + (1 - settings.beta1()) * gradient;
      second[i] = settings.beta2() * v.data()[i] + (1 - settings.beta2()) * gradient * gradient;
      double root = Math.sqrt(second[i]) / Math.sqrt(scalars[2]) + settings.epsilon();
      parameter[i] -= scalars[0] / scalars[1] * first[i] / root;
    }
    return new Values[] {
      new Values(p.shape(), parameter), new Values(p.shape(), first), new Values(p.shape(), second)
    };
  }
}
