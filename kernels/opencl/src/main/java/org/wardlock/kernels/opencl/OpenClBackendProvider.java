package org.wardlock.kernels.opencl;

import java.util.List;
import java.util.Optional;
import org.jocl.CLException;
import org.wardlock.kernels.source.GpuBackend;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.DeviceException;
import org.wardlock.tensor.spi.Backend;
import org.wardlock.tensor.spi.BackendProvider;

/** Offers the devices of every OpenCL driver. */
public final class OpenClBackendProvider implements BackendProvider {
  @Override
  public String kind() {
    return "opencl";
  }

  @Override
  public Availability availability() {
    Optional<String> failure = NativeLibrary.failure();
    if (failure.isPresent()) {
      return new Availability.Unavailable(failure.get());
    }
    try {
      List<String> devices = OpenClDevice.all().stream().map(OpenClDevice::description).toList();
      return devices.isEmpty()
          ? new Availability.Unavailable(
              "OpenCL's loader finds no device: install a driver that registers in"
                  + " /etc/OpenCL/vendors, for instance the package pocl-opencl-icd")
          : new Availability.Available(devices);
    } catch (CLException e) {
      return new Availability.Unavailable(
          "OpenCL's driver fails to list devices: " + e.getMessage());
    }
  }

  @Override
  public Backend open(int index) {
    NativeLibrary.failure()
        .ifPresent(
            reason -> {
              throw new DeviceException("device opencl:" + index + " does not open: " + reason);
            });
    Device device = Device.opencl(index);
    try {
      List<OpenClDevice> devices = OpenClDevice.all();
      if (index >= devices.size()) {
        throw new DeviceException(
            "device " + device + " does not exist: OpenCL has " + devices.size() + " device(s)");
      }
      return new GpuBackend(new OpenClRuntime(device, devices.get(index)));
    } catch (CLException e) {
      throw new DeviceException("device " + device + " does not open: " + e.getMessage(), e);
    }
  }
}
