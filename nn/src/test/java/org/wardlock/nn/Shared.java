package org.wardlock.nn;

import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Assumptions;
import org.wardlock.nn.weights.Weights;
import org.wardlock.nn.weights.WeightsException;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Tensor;
import org.wardlock.tensor.testing.TestDevice;

/** Where tests find golden values, real weights and the device to run on. */
public final class Shared {
  private Shared() {}

  /** The device that tests run on. */
  public static Device device() {
    return TestDevice.get();
  }

  /** A file of the shared folder; the test is skipped where it is absent. */
  public static Path file(String name) {
    Path file = Path.of(System.getProperty("wardlock.shared", "../../shared")).resolve(name);
    Assumptions.assumeTrue(
        Files.exists(file), () -> file + " is absent: set -Dwardlock.shared to the shared folder");
    return file;
  }

  /** Stored labels, as the engine takes them. */
  public static Tensor labels(Weights golden, String name, Device device) throws WeightsException {
    Tensor stored = golden.tensor(name, device);
    long[] labels = new long[Math.toIntExact(stored.shape().count())];
    stored.download(MemorySegment.ofArray(labels));
    return Tensor.ofInts(
        device, stored.shape(), Arrays.stream(labels).mapToInt(Math::toIntExact).toArray());
  }
}
