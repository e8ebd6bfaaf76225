package org.wardlock.tensor;

import org.wardlock.tensor.spi.Backend;

/**
 * A place where tensors live and are computed on: the CPU, or one GPU of a kind. Two devices are
 * equal if kind and index are.
 *
 * @param kind {@code cpu}, {@code cuda} or {@code opencl}, as a provider registered it
 * @param index which device of its kind, from 0
 */
public record Device(String kind, int index) {
  /** The CPU: always there. */
  public static final Device CPU = new Device("cpu", 0);

  /** The device with this index under CUDA. */
  public static Device cuda(int index) {
    return new Device("cuda", index);
  }

  /** The device with this index under OpenCL. */
  public static Device opencl(int index) {
    return new Device("opencl", index);
  }

  /**
   * Reads {@code kind} or {@code kind:index}, such as {@code cpu} or {@code cuda:1}.
   *
   * @throws IllegalArgumentException if the text has another form
   */
  public static Device parse(String text) {
    int colon = text.indexOf(':');
    String kind = colon < 0 ? text : text.substring(0, colon);
    String index = colon < 0 ? "0" : text.substring(colon + 1);
    if (!kind.matches("[a-z]+") || !index.matches("[0-9]{1,4}")) {
      throw new IllegalArgumentException(
          "device '" + text + "': expected cpu, cuda[:index] or opencl[:index]");
    }
    return new Device(kind, Integer.parseInt(index));
  }

  /**
   * The backend that computes on this device, opened at first use.
   *
   * @throws DeviceException if no provider offers it, with the reason of each provider
   */
  public Backend backend() {
    return Backends.get(this);
  }

  /** {@code cpu}, or kind and index such as {@code opencl:0}. */
  @Override
  public String toString() {
    return equals(CPU) ? kind : kind + ":" + index;
  }
}
