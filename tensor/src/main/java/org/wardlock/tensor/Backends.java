package org.wardlock.tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.ConcurrentHashMap;
import org.wardlock.tensor.spi.Backend;
import org.wardlock.tensor.spi.BackendProvider;

/** Finds the providers on class path and module path, and keeps one open backend a device. */
public final class Backends {
  private static final ConcurrentHashMap<Device, Backend> OPEN = new ConcurrentHashMap<>();

  private Backends() {}

  /** Every provider that is installed, available or not: what {@code doctor} lists. */
  public static List<BackendProvider> providers() {
    var found = new ArrayList<BackendProvider>();
    ServiceLoader.load(BackendProvider.class, Backends.class.getClassLoader()).forEach(found::add);
    return List.copyOf(found);
  }

  /**
   * Lets a backend that no provider offers answer for its device from now on: one under test, or
   * one that a program brings along.
   *
   * @throws IllegalStateException if another backend is open for the device
   */
  public static void register(Backend backend) {
    Backend open = OPEN.putIfAbsent(backend.device(), backend);
    if (open != null && open != backend) {
      throw new IllegalStateException(
          "device " + backend.device() + " is open already: " + open.description());
    }
  }

  /**
   * How many bytes a layer's output may have to stay in the device's fast memory until the next
   * layer reads it: who may cut a batch into pieces cuts it so. {@link Long#MAX_VALUE} where
   * nothing is gained by that.
   */
  public static long workingSet(Device device) {
    return get(device).workingSet();
  }

  /** Whether a device computes with tensors of a type; every one computes with F32. */
  public static boolean computesWith(Device device, DType type) {
    return get(device).computesWith(type);
  }

  /**
   * Gives back memory that a device keeps for the next taker: worth it where much was needed once
   * that will not be needed again.
   */
  public static void trim(Device device) {
    get(device).trim();
  }

  static Backend get(Device device) {
    Backend open = OPEN.get(device);
    return open != null ? open : OPEN.computeIfAbsent(device, Backends::open);
  }

  private static Backend open(Device device) {
    var reasons = new ArrayList<String>();
    for (BackendProvider provider : providers()) {
      if (!provider.kind().equals(device.kind())) {
        continue;
      }
      BackendProvider.Availability availability = provider.availability();
      switch (availability) {
        case BackendProvider.Availability.Available available -> {
          if (device.index() < available.devices().size()) {
            return provider.open(device.index());
          }
          reasons.add(available.devices().size() + " device(s) of this kind, indices from 0");
        }
        case BackendProvider.Availability.Unavailable unavailable ->
            reasons.add(unavailable.reason());
      }
    }
    String reason =
        reasons.isEmpty() ? "no installed module offers it" : String.join("; ", reasons);
    throw new DeviceException("device " + device + " is not available: " + reason);
  }
}
