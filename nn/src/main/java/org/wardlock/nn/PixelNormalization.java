package org.wardlock.nn;

import org.wardlock.tensor.Device;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/** {@code (pixel - mean) / deviation} per channel of (N, C, H, W), as one multiply-add. */
public final class PixelNormalization implements Module {
  private final Tensor scale;
  private final Tensor shift;

  /** The normalisation by given statistics. */
  public PixelNormalization(Device device, PixelStatistics statistics) {
    int channels = statistics.channels();
    float[] scales = new float[channels];
    float[] shifts = new float[channels];
    for (int c = 0; c < channels; c++) {
      scales[c] = (float) (1 / statistics.deviation().get(c));
      shifts[c] = (float) (-statistics.mean().get(c) / statistics.deviation().get(c));
    }
    Shape shape = Shape.of(channels, 1, 1);
    try (Scope _ = Scope.open("normalisation")) {
      scale = Tensor.of(device, shape, scales).unscoped();
      shift = Tensor.of(device, shape, shifts).unscoped();
    }
  }

  @Override
  public Tensor forward(Tensor pixels, Pass pass) {
    return pixels.multiplyAdd(scale, shift);
  }
}
