package org.wardlock.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What kernels take of a GPU: kernel-resources.txt is true, and nothing is spilled. */
class KernelResourcesTest {
  /** Sines of large angles are computed with an array that is indexed. Nothing is spilled to it. */
  private static final Set<String> WITH_A_STACK = Set.of("philox");

  private final Map<String, byte[]> cubins = new TreeMap<>();

  KernelResourcesTest() {
    for (KernelBinaries binaries : List.of(KernelBinaries.load(), KernelBinaries.loadOwn())) {
      for (Manifest.Family family : binaries.manifest().families().values()) {
        for (Manifest.Image image : family.images()) {
          if (!KernelBinaries.isPtx(image.target())) {
            String name = image.file().substring(image.file().lastIndexOf('/') + 1);
            cubins.put(name, KernelBinaries.resource(image.file()));
          }
        }
      }
    }
  }

  @Test
  void theTableIsThatOfTheBinaries() throws IOException {
    assertEquals(
        KernelResources.table(cubins),
        Files.readString(Path.of("kernel-resources.txt")),
        "kernel-resources.txt is not of these binaries: mvn -Pcuda-binaries -pl kernels/cuda -am test");
  }

  /** Registers are spilled to the stack: without a stack there is nothing spilled. */
  @Test
  void noKernelSpills() {
    cubins.forEach(
        (file, cubin) ->
            KernelResources.of(cubin)
                .forEach(
                    (kernel, found) ->
                        assertTrue(
                            found.stackBytes() == 0 || WITH_A_STACK.contains(kernel),
                            kernel + " in " + file + ": " + found)));
  }

  @Test
  void everyKernelOfTheManifestIsThere() {
    for (KernelBinaries binaries : List.of(KernelBinaries.load(), KernelBinaries.loadOwn())) {
      for (Manifest.Family family : binaries.manifest().families().values()) {
        for (Manifest.Image image : family.images()) {
          if (!KernelBinaries.isPtx(image.target())) {
            byte[] cubin = KernelBinaries.resource(image.file());
            assertEquals(
                family.kernels().keySet(), KernelResources.of(cubin).keySet(), image.file());
          }
        }
      }
    }
  }
}
