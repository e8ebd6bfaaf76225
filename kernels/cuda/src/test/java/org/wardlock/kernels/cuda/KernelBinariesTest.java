package org.wardlock.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.wardlock.kernels.cuda.KernelSignature.Parameter;
import org.wardlock.kernels.source.KernelSource;

/** Whether the binaries are those of the sources; no nvcc is needed to see that. */
class KernelBinariesTest {
  private static final String REMEDY =
      "kernels have changed since their binaries were made: mvn -Pcuda-binaries -pl kernels/cuda -am test";

  private final KernelBinaries binaries = KernelBinaries.load();

  @Test
  void everyFamilyIsCompiledFromTheSourceAsItIs() {
    assertEquals(
        Set.copyOf(KernelSource.FAMILIES), binaries.manifest().families().keySet(), REMEDY);
    for (String family : KernelSource.FAMILIES) {
      String source = KernelSource.of(CudaBinaries.DIALECT, family);
      assertEquals(
          Manifest.hash(source),
          binaries.manifest().families().get(family).sourceHash(),
          family + ": " + REMEDY);
    }
  }

  @Test
  void everyImageIsTheOneThatTheManifestMeans() {
    Set<String> targets = Set.of(KernelBinaries.AMPERE, KernelBinaries.HOPPER, KernelBinaries.PTX);
    assertEquals(targets, binaries.manifest().flags().keySet());
    binaries
        .manifest()
        .families()
        .forEach(
            (name, family) -> {
              assertEquals(
                  targets,
                  family.images().stream().map(Manifest.Image::target).collect(Collectors.toSet()),
                  name);
              for (Manifest.Image image : family.images()) {
                byte[] content = KernelBinaries.resource(image.file());
                assertEquals(image.hash(), Manifest.hash(content), image.file());
              }
            });
  }

  @Test
  void signaturesAreThoseOfThePtx() {
    for (Manifest.Family family : binaries.manifest().families().values()) {
      Map<String, KernelSignature> declared =
          PtxSignatures.of(ptx(family)).stream()
              .collect(Collectors.toMap(KernelSignature::name, Function.identity()));
      assertEquals(declared, family.kernels());
      assertTrue(
          declared.values().stream()
              .allMatch(kernel -> kernel.bytes() <= CudaStream.LARGEST_PARAMETERS));
    }
  }

  /** Offsets in PTX follow from a rule; in machine code they are stated. */
  @Test
  void signaturesAreThoseOfTheMachineCode() {
    for (Manifest.Family family : binaries.manifest().families().values()) {
      var withoutAddresses = new TreeMap<String, KernelSignature>();
      family
          .kernels()
          .forEach(
              (name, kernel) ->
                  withoutAddresses.put(
                      name,
                      new KernelSignature(
                          name,
                          kernel.parameters().stream()
                              .map(p -> new Parameter(p.offset(), p.bytes(), false))
                              .toList())));
      for (int major : new int[] {8, 9}) {
        KernelBinaries.Image cubin = KernelBinaries.images(family, major, 0).getFirst();
        assertEquals(withoutAddresses, CubinSignatures.of(cubin.bytes()), cubin.target());
      }
    }
  }

  /** Drivers refuse PTX of a version that is newer than they are. */
  @Test
  void ptxStatesAnOldVersion() {
    for (Manifest.Family family : binaries.manifest().families().values()) {
      assertTrue(ptx(family).contains("\n.version 7."), "PTX states a new version");
      assertTrue(ptx(family).contains("\n.target sm_80"), "PTX is for another target");
    }
  }

  private static String ptx(Manifest.Family family) {
    List<KernelBinaries.Image> images = KernelBinaries.images(family, 12, 0);
    assertEquals(1, images.size());
    byte[] bytes = images.getFirst().bytes();
    assertEquals(0, bytes[bytes.length - 1]);
    return new String(bytes, 0, bytes.length - 1, StandardCharsets.US_ASCII);
  }

  @Test
  void aDeviceGetsMachineCodeThatItRunsAndElsePtx() {
    Manifest.Family family = binaries.manifest().families().get("gemm");
    assertEquals(List.of("sm_80", "compute_80"), targets(family, 8, 0));
    assertEquals(List.of("sm_80", "compute_80"), targets(family, 8, 9));
    assertEquals(List.of("sm_90a", "compute_80"), targets(family, 9, 0));
    assertEquals(List.of("compute_80"), targets(family, 10, 0));
  }

  private static List<String> targets(Manifest.Family family, int major, int minor) {
    return KernelBinaries.images(family, major, minor).stream()
        .map(KernelBinaries.Image::target)
        .toList();
  }

  @Test
  void binariesOfAnotherSourceAreRefused() {
    String source = KernelSource.of(CudaBinaries.DIALECT, "gemm");
    assertEquals(Set.of("gemm"), binaries.family("gemm", source).kernels().keySet());
    var stale =
        assertThrows(IllegalStateException.class, () -> binaries.family("gemm", source + "\n"));
    assertTrue(stale.getMessage().contains("gemm are not of their source"), stale.getMessage());
    var missing =
        assertThrows(IllegalStateException.class, () -> binaries.family("astrology", source));
    assertTrue(missing.getMessage().contains("astrology are missing"), missing.getMessage());
  }

  @Test
  void theManifestIsReadAsItIsWritten() {
    assertEquals(binaries.manifest(), Manifest.parse(binaries.manifest().text()));
  }

  @Test
  void aManifestOfAnotherFormIsNamedWithItsLine() {
    String text = binaries.manifest().text();
    assertThrows(IllegalArgumentException.class, () -> Manifest.parse(""));
    assertThrows(IllegalArgumentException.class, () -> Manifest.parse("something else\n" + text));
    for (String line : List.of("kernel gemm 0-4", "image sm_80", "surprise")) {
      var error =
          assertThrows(
              IllegalArgumentException.class, () -> Manifest.parse(text + line + "\n"), line);
      assertTrue(error.getMessage().contains(line), error.getMessage());
    }
  }
}
