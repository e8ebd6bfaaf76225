package org.wardlock.nn;

import java.util.Locale;
import org.wardlock.tensor.Backends;
import org.wardlock.tensor.DType;
import org.wardlock.tensor.Device;

/**
 * In which type a forward pass computes. Accumulation, statistics, losses, optimiser state and
 * master weights are float32 whatever is chosen here.
 */
public enum Precision {
  /** float32 throughout. */
  F32(DType.F32),

  /**
   * Mixed: what layers hand on is stored as bfloat16, and so are the gradients towards it and the
   * weights that products read, each time rounded from float32.
   */
  BF16(DType.BF16);

  private final DType type;

  Precision(DType type) {
    this.type = type;
  }

  /** Of what layers hand on. */
  public DType type() {
    return type;
  }

  /**
   * Refuses a device that does not compute so.
   *
   * @throws IllegalArgumentException naming both
   */
  public void requireOn(Device device) {
    if (!Backends.computesWith(device, type)) {
      throw new IllegalArgumentException(
          "precision "
              + this
              + ": device "
              + device
              + " computes with float32 alone; use f32, or a GPU");
    }
  }

  /**
   * Reads {@code f32} or {@code bf16}.
   *
   * @throws IllegalArgumentException if it is neither
   */
  public static Precision parse(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "f32" -> F32;
      case "bf16" -> BF16;
      default ->
          throw new IllegalArgumentException("precision '" + text + "': expected f32 or bf16");
    };
  }

  /** The name as options and files spell it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
