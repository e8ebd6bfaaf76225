package org.wardlock.tensor.spi;

import java.util.List;

/**
 * Offers the devices of one kind; found by {@link java.util.ServiceLoader}. Asking it must be cheap
 * and never throw.
 */
public interface BackendProvider {
  /** The kind in a device's name: {@code cpu}, {@code cuda}, {@code opencl}. */
  String kind();

  /** Which devices there are, or why there are none. */
  Availability availability();

  /**
   * Opens a device.
   *
   * @param index less than the number of available devices
   * @throws org.wardlock.tensor.DeviceException if the device fails to open
   */
  Backend open(int index);

  /** The answer to whether a provider can work here. */
  sealed interface Availability {
    /**
     * It can.
     *
     * @param devices one line a device, in index order: name, memory, driver
     */
    record Available(List<String> devices) implements Availability {}

    /**
     * It cannot.
     *
     * @param reason one line: what was tried, what was found, what to install
     */
    record Unavailable(String reason) implements Availability {}
  }
}
