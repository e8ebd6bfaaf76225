package org.wardlock.kernels.opencl;

import org.jocl.CL;
import org.jocl.CLException;
import org.jocl.cl_command_queue;
import org.jocl.cl_context;
import org.jocl.cl_device_id;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.DeviceException;

/**
 * A context and its two queues, each of which keeps its order: one for everything, and one beside
 * it that copies inputs.
 *
 * @param device whose it is, for messages
 */
record OpenClQueues(
    Device device, cl_context context, cl_command_queue main, cl_command_queue copies) {
  // the call of OpenCL 2 is one that drivers of 1.2 do not have
  @SuppressWarnings("deprecation")
  static OpenClQueues open(Device device, cl_context context, cl_device_id id) {
    return new OpenClQueues(
        device,
        context,
        CL.clCreateCommandQueue(context, id, 0, null),
        CL.clCreateCommandQueue(context, id, 0, null));
  }

  /** Waits until everything asked for has been done. */
  void finish() {
    try {
      CL.clFinish(copies);
      CL.clFinish(main);
    } catch (CLException e) {
      throw failure("waiting for the device", e);
    }
  }

  void close() {
    CL.clReleaseCommandQueue(copies);
    CL.clReleaseCommandQueue(main);
    CL.clReleaseContext(context);
  }

  DeviceException failure(String doing, CLException e) {
    return new DeviceException("device " + device + ": " + doing + " failed: " + e.getMessage(), e);
  }
}
