package org.wardlock.defense;

import org.wardlock.tensor.Device;

/** Where the tests compute. */
final class TestDevice {
  /** The device that the system property {@code wardlock.test.device} names; the CPU without it. */
  static final Device DEVICE = Device.parse(System.getProperty("wardlock.test.device", "cpu"));

  private TestDevice() {}
}
