package org.wardlock.data.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardlock.data.DataException;

class MatFileTest {
  @TempDir Path folder;

  @Test
  void innerNodesAreLeftOut() throws IOException {
    Path file = folder.resolve("meta.mat");
    var ids = Map.of(1, "n02119789", 2, "n02100735", 300, "n01440764");
    Files.write(file, MatWriter.synsets(ids));
    assertEquals(ids, DevelopmentKit.classIds(file));
  }

  @Test
  void anyStartOfAFileIsRefused() throws IOException {
    byte[] whole = MatWriter.synsets(Map.of(1, "n02119789", 2, "n02100735"));
    Path file = folder.resolve("meta.mat");
    for (int length = 0; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertThrows(DataException.class, () -> DevelopmentKit.classIds(file), "length " + length);
    }
  }
}
