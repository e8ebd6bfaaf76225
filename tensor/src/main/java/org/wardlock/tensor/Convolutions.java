package org.wardlock.tensor;

import java.util.Optional;

/** Convolutions: the backend's, but for those of patches side by side, which are a product. */
final class Convolutions {
  private Convolutions() {}

  static Tensor conv2d(Tensor x, Tensor weight, Optional<Tensor> bias, int stride, int padding) {
    requireRank(x, weight);
    int channels = x.shape().extent(1);
    int height = weight.shape().extent(2);
    int width = weight.shape().extent(3);
    int out = weight.shape().extent(0);
    if (weight.shape().extent(1) != channels) {
      throw new IllegalArgumentException(
          "conv2d: weight "
              + weight.shape()
              + " does not fit input "
              + x.shape()
              + ": channels "
              + weight.shape().extent(1)
              + " != "
              + channels);
    }
    if (stride < 1 || padding < 0) {
      throw new IllegalArgumentException(
          "conv2d: stride " + stride + " must be positive, padding " + padding + " not negative");
    }
    if (x.shape().extent(2) + 2 * padding < height || x.shape().extent(3) + 2 * padding < width) {
      throw new IllegalArgumentException(
          "conv2d: weight "
              + weight.shape()
              + " is larger than the input "
              + x.shape()
              + " with padding "
              + padding);
    }
    int rows = (x.shape().extent(2) + 2 * padding - height) / stride + 1;
    int columns = (x.shape().extent(3) + 2 * padding - width) / stride + 1;
    if (height == stride && width == stride && padding == 0) {
      return ofPatches(x, weight, bias, rows, columns);
    }
    bias.ifPresent(start -> requireBias("conv2d", x, start, out));
    Pointwise.requireAlike("conv2d", x, weight);
    Shape shape = Shape.of(x.shape().extent(0), out, rows, columns);
    Tensor convolved = Tensor.empty(x.backend(), x.dtype(), shape);
    x.backend()
        .convolution(
            x.operand(),
            weight.operand(),
            bias.map(Tensor::operand),
            stride,
            padding,
            convolved.operand());
    boolean biasRecorded = bias.filter(Tensor::isRecorded).isPresent();
    if (!Pointwise.anyRecorded(x, weight) && !biasRecorded) {
      return convolved;
    }
    var op =
        new Op.Convolution(
            Saved.when(weight.isRecorded(), x),
            Saved.when(x.isRecorded(), weight),
            stride,
            padding);
    return bias.isPresent()
        ? convolved.attach(op, x, weight, bias.get())
        : convolved.attach(op, x, weight);
  }

  /** Patches that lie side by side, as wide as the stride: a product over their values. */
  private static Tensor ofPatches(
      Tensor x, Tensor weight, Optional<Tensor> bias, int rows, int columns) {
    int batch = x.shape().extent(0);
    int channels = x.shape().extent(1);
    int side = weight.shape().extent(2);
    int out = weight.shape().extent(0);
    int inner = channels * side * side;
    Tensor whole = begin(begin(x, 2, rows * side), 3, columns * side);
    Tensor patches =
        side == 1
            ? whole
            : whole.reshape(batch, channels, rows, side, columns, side).permute(0, 1, 3, 5, 2, 4);
    Tensor unfolded = patches.reshape(batch, inner, rows * columns);
    Products.Bias along = bias.isPresent() ? Products.Bias.ROWS : Products.Bias.NONE;
    Tensor product = Products.batched(weight.reshape(1, out, inner), unfolded, along, bias);
    return product.reshape(batch, out, rows, columns);
  }

  /** The first positions along an axis; a slice of all of them would cost its gradient a copy. */
  private static Tensor begin(Tensor x, int axis, int length) {
    return x.shape().extent(axis) == length ? x : x.slice(axis, 0, length);
  }

  static Tensor depthwise(Tensor x, Tensor weight, Tensor bias) {
    requireDepthwise(x, weight, bias);
    Tensor out = Tensor.empty(x.backend(), x.dtype(), x.shape());
    x.backend()
        .depthwise(x.operand(), weight.operand(), Optional.of(bias.operand()), out.operand());
    if (!Pointwise.anyRecorded(x, weight, bias)) {
      return out;
    }
    var op =
        new Op.Depthwise(Saved.when(weight.isRecorded(), x), Saved.when(x.isRecorded(), weight));
    return out.attach(op, x, weight, bias);
  }

  static void requireDepthwise(Tensor x, Tensor weight, Tensor bias) {
    requireRank(x, weight);
    Pointwise.requireParameter("depthwiseConv2d", x, weight);
    int channels = x.shape().extent(1);
    int kernel = weight.shape().extent(2);
    if (!weight.shape().equals(Shape.of(channels, 1, kernel, kernel)) || kernel % 2 == 0) {
      throw new IllegalArgumentException(
          "depthwiseConv2d: weight "
              + weight.shape()
              + " does not fit input "
              + x.shape()
              + ": expected ["
              + channels
              + ",1,k,k] with k odd");
    }
    requireBias("depthwiseConv2d", x, bias, channels);
  }

  private static void requireBias(String operation, Tensor x, Tensor bias, int channels) {
    Pointwise.requireParameter(operation, x, bias);
    if (!bias.shape().equals(Shape.of(channels))) {
      throw new IllegalArgumentException(
          operation + ": bias " + bias.shape() + ", expected [" + channels + "]");
    }
  }

  private static void requireRank(Tensor x, Tensor weight) {
    if (x.shape().rank() != 4 || weight.shape().rank() != 4) {
      throw new IllegalArgumentException(
          "convolution: input "
              + x.shape()
              + " must be [N,C,H,W], weight "
              + weight.shape()
              + " [O,C,kh,kw]");
    }
  }
}
