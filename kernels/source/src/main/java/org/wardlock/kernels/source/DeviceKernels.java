package org.wardlock.kernels.source;

import java.util.Optional;
import org.wardlock.tensor.spi.Epilogue;
import org.wardlock.tensor.spi.Operand;

/**
 * Kernels that one kind of device has for itself, for operations of {@link
 * org.wardlock.tensor.spi.Backend}. Each method computes the whole operation and says so, or leaves
 * everything as it is and says that too; then the kernels that all devices share compute it. Which
 * of the two follows from types, strides and the extent that is summed, never from the number of
 * pictures in a batch.
 */
public interface DeviceKernels {
  /** No kernels of its own. */
  DeviceKernels NONE = new DeviceKernels() {};

  /**
   * A product of matrices: see {@link org.wardlock.tensor.spi.Backend#gemm}.
   *
   * @return whether it was computed
   */
  default boolean gemm(Operand a, Operand b, Operand out, Epilogue epilogue) {
    return false;
  }

  /**
   * A depthwise convolution: see {@link org.wardlock.tensor.spi.Backend#depthwise}.
   *
   * @return whether it was computed
   */
  default boolean depthwise(Operand x, Operand weight, Optional<Operand> bias, Operand out) {
    return false;
  }

  /**
   * Its gradient: see {@link org.wardlock.tensor.spi.Backend#depthwiseBackwardInput}.
   *
   * @param addend what is added to it, of its shape
   * @return whether it was computed
   */
  default boolean depthwiseBackwardInput(
      Operand g, Operand weight, Optional<Operand> addend, Operand out) {
    return false;
  }

  /**
   * Its other gradient: see {@link org.wardlock.tensor.spi.Backend#depthwiseBackwardWeight}.
   *
   * @return whether it was computed
   */
  default boolean depthwiseBackwardWeight(Operand x, Operand g, Operand out) {
    return false;
  }

  /**
   * Self-attention: see {@link org.wardlock.tensor.spi.Backend#attention}.
   *
   * @return whether it was computed
   */
  default boolean attention(Operand qkv, float scale, Operand out, Operand logSumExp) {
    return false;
  }

  /**
   * Its gradient: see {@link org.wardlock.tensor.spi.Backend#attentionBackward}.
   *
   * @return whether it was computed
   */
  default boolean attentionBackward(
      Operand qkv, float scale, Operand out, Operand logSumExp, Operand g, Operand gradQkv) {
    return false;
  }
}
