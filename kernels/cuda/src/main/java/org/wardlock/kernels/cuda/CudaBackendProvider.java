package org.wardlock.kernels.cuda;

import java.util.List;
import java.util.Optional;
import org.wardlock.kernels.source.GpuBackend;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.DeviceException;
import org.wardlock.tensor.spi.Backend;
import org.wardlock.tensor.spi.BackendProvider;

/** Offers the GPUs that NVIDIA's driver lists. */
public final class CudaBackendProvider implements BackendProvider {
  @Override
  public String kind() {
    return "cuda";
  }

  @Override
  public Availability availability() {
    Optional<String> failure = NativeLibrary.failure();
    if (failure.isPresent()) {
      return new Availability.Unavailable(failure.get());
    }
    try {
      List<String> devices = CudaDevice.all().stream().map(CudaDevice::description).toList();
      return devices.isEmpty()
          ? new Availability.Unavailable("NVIDIA's driver finds no device: nvidia-smi shows why")
          : new Availability.Available(devices);
    } catch (DeviceException e) {
      return new Availability.Unavailable(e.getMessage());
    }
  }

  @Override
  public Backend open(int index) {
    Device device = Device.cuda(index);
    NativeLibrary.failure()
        .ifPresent(
            reason -> {
              throw new DeviceException("device " + device + " does not open: " + reason);
            });
    List<CudaDevice> devices = CudaDevice.all();
    if (index >= devices.size()) {
      throw new DeviceException(
          "device " + device + " does not exist: CUDA has " + devices.size() + " device(s)");
    }
    CudaDevice cudaDevice = devices.get(index);
    if (!cudaDevice.isSupported()) {
      throw new DeviceException(
          "device "
              + device
              + " is too old: "
              + cudaDevice.description()
              + "; the kernels need compute capability "
              + CudaDevice.OLDEST
              + ".0 or later");
    }
    return new GpuBackend(new CudaRuntime(device, cudaDevice, KernelBinaries.load()));
  }
}
