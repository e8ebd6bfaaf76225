package org.wardlock.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.wardlock.tensor.Backends;
import org.wardlock.tensor.DeviceException;
import org.wardlock.tensor.spi.BackendProvider;
import org.wardlock.tensor.spi.BackendProvider.Availability;

/** With the driver that this machine has, or without one. */
class CudaBackendProviderTest {
  private final CudaBackendProvider provider = new CudaBackendProvider();

  @Test
  void isFoundByTheServiceLoader() {
    assertTrue(Backends.providers().stream().map(BackendProvider::kind).anyMatch("cuda"::equals));
  }

  @Test
  void answersInLines() {
    List<String> lines =
        switch (provider.availability()) {
          case Availability.Available(List<String> devices) -> devices;
          case Availability.Unavailable(String reason) -> List.of(reason);
        };
    assertFalse(lines.isEmpty());
    for (String line : lines) {
      assertFalse(line.isBlank() || line.contains("\n"), line);
    }
  }

  @Test
  void aDeviceThatDoesNotExistIsNamed() {
    var error = assertThrows(DeviceException.class, () -> provider.open(1000));
    assertTrue(error.getMessage().startsWith("device cuda:1000 does not "), error.getMessage());
  }

  @Test
  void aMissingDriverIsFoundBeforeJCudaIsLoaded() {
    assertFalse(NativeLibrary.opensAnyOf(List.of("libno-such-driver.so.1", "/no/such/driver")));
    assertFalse(NativeLibrary.opensAnyOf(List.of()));
    assertEquals(NativeLibrary.failure(), NativeLibrary.failure());
  }
}
