package org.wardlock.tensor.cpu;

import org.wardlock.tensor.Shape;

/**
 * Extents of a convolution of (N, C, H, W) with (O, C, kh, kw), zeros around the pictures.
 *
 * @param in channels of the pictures
 * @param out channels that come out
 * @param rows of what comes out
 * @param columns of what comes out
 */
record ConvolutionExtents(
    int batch,
    int in,
    int height,
    int width,
    int out,
    int kernelHeight,
    int kernelWidth,
    int stride,
    int padding,
    int rows,
    int columns) {

  static ConvolutionExtents of(Shape x, Shape weight, Shape out, int stride, int padding) {
    return new ConvolutionExtents(
        x.extent(0),
        x.extent(1),
        x.extent(2),
        x.extent(3),
        weight.extent(0),
        weight.extent(2),
        weight.extent(3),
        stride,
        padding,
        out.extent(2),
        out.extent(3));
  }

  /** Values of a picture. */
  int picture() {
    return in * height * width;
  }

  /** Values of what comes out of a picture, for each channel. */
  int positions() {
    return rows * columns;
  }

  /** Weights of a filter for each channel of the pictures. */
  int taps() {
    return kernelHeight * kernelWidth;
  }

  /** Weights of a filter. */
  int inner() {
    return in * taps();
  }

  /** Columns of a picture with its padding. */
  int paddedWidth() {
    return width + 2 * padding;
  }

  /** The same for some of the channels of the pictures. */
  ConvolutionExtents of(int channels) {
    return new ConvolutionExtents(
        batch,
        channels,
        height,
        width,
        out,
        kernelHeight,
        kernelWidth,
        stride,
        padding,
        rows,
        columns);
  }

  long multiplyAdds() {
    return (long) batch * out * inner() * positions();
  }
}
