package org.wardlock.kernels.cuda;

import jcuda.driver.CUdeviceptr;

/** Device memory as JCuda takes it, with its address in sight. */
final class DevicePointer extends CUdeviceptr {
  private static final long serialVersionUID = 1L;

  /** Points nowhere, until the driver fills it in. */
  DevicePointer() {}

  /** Points at an address: an offset from nowhere. */
  DevicePointer(long address) {
    super(new DevicePointer(), address);
  }

  /** Where it points to. */
  long address() {
    return getNativePointer() + getByteOffset();
  }
}
