package org.wardlock.tensor;

import java.util.Optional;

/** Convolutions: depthwise ones are the backend's, all others a product over unfolded windows. */
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
    Tensor padded = padding == 0 ? x : x.pad(2, padding, padding).pad(3, padding, padding);
    if (padded.shape().extent(2) < height || padded.shape().extent(3) < width) {
      throw new IllegalArgumentException(
          "conv2d: weight "
              + weight.shape()
              + " is larger than the padded input "
              + padded.shape());
    }
    Tensor windows = Views.windows(padded, height, width, stride);
    int rows = windows.shape().extent(2);
    int columns = windows.shape().extent(3);
    int batch = x.shape().extent(0);
    int inner = channels * height * width;
    Tensor unfolded =
        height == 1 && width == 1 && stride == 1
            ? padded.reshape(batch, channels, rows * columns)
            : windows.permute(0, 1, 4, 5, 2, 3).reshape(batch, inner, rows * columns);
    Products.Bias along = bias.isPresent() ? Products.Bias.ROWS : Products.Bias.NONE;
    Tensor product = Products.batched(weight.reshape(1, out, inner), unfolded, along, bias);
    return product.reshape(batch, out, rows, columns);
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
    Pointwise.requireParameter("depthwiseConv2d", x, bias);
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
    if (!bias.shape().equals(Shape.of(channels))) {
      throw new IllegalArgumentException(
          "depthwiseConv2d: bias " + bias.shape() + ", expected [" + channels + "]");
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
