package org.wardlock.tensor;

/**
 * A device is missing, has failed, or ran out of memory. The message names the device and what can
 * be done.
 */
public final class DeviceException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** A failure with nothing beneath it. */
  public DeviceException(String message) {
    super(message);
  }

  /** A failure that another one caused. */
  public DeviceException(String message, Throwable cause) {
    super(message, cause);
  }
}
