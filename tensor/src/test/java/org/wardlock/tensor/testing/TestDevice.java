package org.wardlock.tensor.testing;

import org.wardlock.tensor.Backends;
import org.wardlock.tensor.Device;

/**
 * The device that tests run on: {@code cpu}, or what the system property {@code
 * wardlock.test.device} names. With {@code ./mvnw test -Dwardlock.test.device=plain} every test
 * that asks here runs on {@link PlainBackend}, whose storage is no {@code float[]}: what reaches
 * around the backend interface fails there.
 */
public final class TestDevice {
  /** The name of the system property. */
  public static final String PROPERTY = "wardlock.test.device";

  static {
    Backends.register(new PlainBackend(PlainBackend.FLOAT));
    Backends.register(new PlainBackend(PlainBackend.DOUBLE));
  }

  private TestDevice() {}

  /** The device to make test tensors on. */
  public static Device get() {
    return Device.parse(System.getProperty(PROPERTY, "cpu"));
  }

  /** A device that computes float32 in double precision: see {@link PlainBackend#DOUBLE}. */
  public static Device inDouble() {
    return PlainBackend.DOUBLE;
  }
}
