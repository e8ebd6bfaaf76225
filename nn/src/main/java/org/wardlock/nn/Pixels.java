package org.wardlock.nn;

import org.wardlock.data.Batch;
import org.wardlock.tensor.DType;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/** The one place where stored bytes become the numbers that key transforms and networks see. */
public final class Pixels {
  private static final float LARGEST = 255;

  private Pixels() {}

  /**
   * The pictures of a batch in [0, 1], in the current scope: each value is its byte divided by 255,
   * rounded once, so that radii such as 8/255 and 8-bit pictures mean what they say.
   *
   * @return (N, channels, height, width), float32
   */
  public static Tensor of(Device device, Batch batch) {
    return inUnitRange(bytes(device, batch));
  }

  /**
   * The pictures of a batch as unsigned bytes, moved on the device if the batch says so, in the
   * current scope.
   *
   * @return (N, channels, height, width), unsigned bytes
   */
  public static Tensor bytes(Device device, Batch batch) {
    Shape shape = Shape.of(batch.size(), batch.channels(), batch.height(), batch.width());
    Tensor bytes = Tensor.ofBytes(device, shape, batch.pixels());
    if (batch.moves().length == 0) {
      return bytes;
    }
    int numbers = batch.moves().length / batch.size();
    return bytes.movePictures(
        Tensor.ofInts(device, Shape.of(batch.size(), numbers), batch.moves()));
  }

  /** Unsigned bytes of any shape divided by 255. */
  public static Tensor inUnitRange(Tensor bytes) {
    return bytes.cast(DType.F32).divide(Tensor.scalar(bytes.device(), LARGEST));
  }
}
