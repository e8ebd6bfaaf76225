package org.wardlock.kernels.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.wardlock.tensor.Backends;
import org.wardlock.tensor.DeviceException;
import org.wardlock.tensor.spi.BackendProvider;
import org.wardlock.tensor.spi.BackendProvider.Availability;

class OpenClBackendProviderTest {
  private final OpenClBackendProvider provider = new OpenClBackendProvider();

  @Test
  void isFoundByTheServiceLoader() {
    assertTrue(Backends.providers().stream().map(BackendProvider::kind).anyMatch("opencl"::equals));
  }

  /** Whatever this machine has: the answer is lines for people. */
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
    OpenClTestDevice.get();
    var error = assertThrows(DeviceException.class, () -> provider.open(1000));
    assertTrue(
        error.getMessage().startsWith("device opencl:1000 does not exist"), error.getMessage());
  }

  @Test
  void nativeCodeIsUnpackedWhereNobodyElseCanPutIt() throws IOException {
    Path shared = Path.of(System.getProperty("java.io.tmpdir"));
    provider.availability();
    assertEquals(shared, Path.of(System.getProperty("java.io.tmpdir")));
    try (Stream<Path> files = Files.list(shared)) {
      assertEquals(List.of(), files.filter(file -> file.toString().contains("JOCL")).toList());
    }
  }
}
