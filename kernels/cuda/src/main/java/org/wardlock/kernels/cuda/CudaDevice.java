package org.wardlock.kernels.cuda;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;
import org.wardlock.tensor.DeviceException;

/**
 * A GPU. None of these calls needs a context, so any thread may make them.
 *
 * @param handle the driver's
 * @param name as its maker calls it
 * @param memory its memory in bytes
 * @param major the first part of its compute capability
 * @param minor the second part
 * @param driver the version of CUDA that the driver knows, as 1000 times major plus 10 times minor
 */
record CudaDevice(CUdevice handle, String name, long memory, int major, int minor, int driver) {
  /** The major compute capability that every kernel can count on. */
  static final int OLDEST = 8;

  private static final int TEXT_BYTES = 256;

  /** Every GPU in the driver's order. */
  static List<CudaDevice> all() {
    int status = JCudaDriver.cuInit(0);
    if (status == CUresult.CUDA_ERROR_NO_DEVICE) {
      return List.of();
    }
    check(status, "start");
    int[] count = new int[1];
    check(JCudaDriver.cuDeviceGetCount(count), "count devices");
    var devices = new ArrayList<CudaDevice>();
    for (int ordinal = 0; ordinal < count[0]; ordinal++) {
      devices.add(of(ordinal));
    }
    return List.copyOf(devices);
  }

  private static CudaDevice of(int ordinal) {
    var handle = new CUdevice();
    check(JCudaDriver.cuDeviceGet(handle, ordinal), "open device " + ordinal);
    byte[] name = new byte[TEXT_BYTES];
    check(JCudaDriver.cuDeviceGetName(name, name.length, handle), "name a device");
    long[] memory = new long[1];
    check(JCudaDriver.cuDeviceTotalMem(memory, handle), "say how much memory a device has");
    int[] driver = new int[1];
    check(JCudaDriver.cuDriverGetVersion(driver), "say its version");
    return new CudaDevice(
        handle,
        terminated(name),
        memory[0],
        attribute(handle, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR),
        attribute(handle, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR),
        driver[0]);
  }

  private static int attribute(CUdevice handle, int attribute) {
    int[] value = new int[1];
    check(
        JCudaDriver.cuDeviceGetAttribute(value, attribute, handle),
        "say what a device is capable of");
    return value[0];
  }

  private static String terminated(byte... text) {
    int end = 0;
    while (end < text.length && text[end] != 0) {
      end++;
    }
    return new String(text, 0, end, StandardCharsets.UTF_8).strip();
  }

  private static void check(int status, String duty) {
    if (status != CUresult.CUDA_SUCCESS) {
      throw new DeviceException(
          "NVIDIA's driver fails to "
              + duty
              + ": "
              + CudaStream.describe(status)
              + "; nvidia-smi may show why");
    }
  }

  /** Whether the kernels run on it. */
  boolean isSupported() {
    return major >= OLDEST;
  }

  /** Name, memory and driver in one line. */
  String description() {
    return "%s, %.1f GiB, compute capability %d.%d, driver for CUDA %d.%d"
        .formatted(name, memory / 0x1p30, major, minor, driver / 1000, driver % 1000 / 10);
  }
}
