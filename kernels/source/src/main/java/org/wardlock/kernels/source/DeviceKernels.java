package org.wardlock.kernels.source;

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
}
