package org.wardlock.kernels.opencl;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jocl.CL;
import org.jocl.CLException;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_device_id;
import org.jocl.cl_platform_id;

/**
 * A device of a platform.
 *
 * @param platform the driver
 * @param id the device
 */
record OpenClDevice(cl_platform_id platform, cl_device_id id) {
  /** What a driver answers that has no device, and what the loader answers that has no driver. */
  private static final int PLATFORM_NOT_FOUND = -1001;

  private static final int TEXT_BYTES = 1024;

  /** Every device of every platform, in the order that the loader gives. */
  static List<OpenClDevice> all() {
    var found = new ArrayList<OpenClDevice>();
    for (cl_platform_id platform : platforms()) {
      for (cl_device_id device : devices(platform)) {
        found.add(new OpenClDevice(platform, device));
      }
    }
    return List.copyOf(found);
  }

  private static cl_platform_id[] platforms() {
    try {
      int[] count = new int[1];
      CL.clGetPlatformIDs(0, null, count);
      cl_platform_id[] platforms = new cl_platform_id[count[0]];
      CL.clGetPlatformIDs(count[0], platforms, null);
      return platforms;
    } catch (CLException e) {
      if (e.getStatus() == PLATFORM_NOT_FOUND) {
        return new cl_platform_id[0];
      }
      throw e;
    }
  }

  private static cl_device_id[] devices(cl_platform_id platform) {
    try {
      int[] count = new int[1];
      CL.clGetDeviceIDs(platform, CL.CL_DEVICE_TYPE_ALL, 0, null, count);
      cl_device_id[] devices = new cl_device_id[count[0]];
      CL.clGetDeviceIDs(platform, CL.CL_DEVICE_TYPE_ALL, count[0], devices, null);
      return devices;
    } catch (CLException e) {
      if (e.getStatus() == CL.CL_DEVICE_NOT_FOUND) {
        return new cl_device_id[0];
      }
      throw e;
    }
  }

  /** Name, memory and driver in one line. */
  String description() {
    byte[] platformName = new byte[TEXT_BYTES];
    CL.clGetPlatformInfo(platform, CL.CL_PLATFORM_NAME, TEXT_BYTES, Pointer.to(platformName), null);
    return "%s, %.1f GiB, %s %s"
        .formatted(
            text(CL.CL_DEVICE_NAME),
            memoryBytes() / 0x1p30,
            terminated(platformName),
            text(CL.CL_DRIVER_VERSION));
  }

  /** How much memory it has. */
  long memoryBytes() {
    return number(CL.CL_DEVICE_GLOBAL_MEM_SIZE);
  }

  /** Whether that is the host's memory, too. */
  @SuppressWarnings("deprecation") // by OpenCL 2, whose way to ask drivers of 1.2 do not know
  boolean sharesHostMemory() {
    return (number(CL.CL_DEVICE_HOST_UNIFIED_MEMORY) & 1) != 0;
  }

  /** Whether division and square root can be asked to be rounded correctly. */
  boolean roundsDivisionCorrectly() {
    return (number(CL.CL_DEVICE_SINGLE_FP_CONFIG) & CL.CL_FP_CORRECTLY_ROUNDED_DIVIDE_SQRT) != 0;
  }

  private String text(int property) {
    byte[] text = new byte[TEXT_BYTES];
    CL.clGetDeviceInfo(id, property, TEXT_BYTES, Pointer.to(text), null);
    return terminated(text);
  }

  private static String terminated(byte... text) {
    int end = 0;
    while (end < text.length && text[end] != 0) {
      end++;
    }
    return new String(text, 0, end, StandardCharsets.UTF_8).strip();
  }

  private long number(int property) {
    long[] value = new long[1];
    CL.clGetDeviceInfo(id, property, Sizeof.cl_long, Pointer.to(value), null);
    return value[0];
  }
}
