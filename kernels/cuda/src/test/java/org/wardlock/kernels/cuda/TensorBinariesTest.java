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

/** Whether the binaries of the kernels that CUDA alone has are those of their sources. */
class TensorBinariesTest {
  private static final String REMEDY =
      "kernels have changed since their binaries were made: mvn -Pcuda-binaries -pl kernels/cuda -am test";

  private final Manifest manifest = KernelBinaries.loadOwn().manifest();

  @Test
  void everyFamilyIsCompiledFromTheSourceAsItIs() {
    assertEquals(Set.copyOf(CudaSource.FAMILIES), manifest.families().keySet(), REMEDY);
    for (String family : CudaSource.FAMILIES) {
      assertEquals(
          Manifest.hash(CudaSource.of(family)),
          manifest.families().get(family).sourceHash(),
          family + ": " + REMEDY);
    }
  }

  @Test
  void everyImageIsTheOneThatTheManifestMeans() {
    manifest
        .families()
        .forEach(
            (name, family) -> {
              Set<String> targets =
                  CudaSource.HOPPER.contains(name)
                      ? Set.of(KernelBinaries.HOPPER, KernelBinaries.HOPPER_PTX)
                      : Set.of(KernelBinaries.AMPERE, KernelBinaries.HOPPER, KernelBinaries.PTX);
              assertEquals(
                  targets,
                  family.images().stream().map(Manifest.Image::target).collect(Collectors.toSet()));
              for (Manifest.Image image : family.images()) {
                byte[] content = KernelBinaries.resource(image.file());
                assertEquals(image.hash(), Manifest.hash(content), image.file());
              }
            });
  }

  @Test
  void signaturesAreThoseOfPtxAndMachineCode() {
    for (String name : manifest.families().keySet()) {
      Manifest.Family family = manifest.families().get(name);
      boolean hopper = CudaSource.HOPPER.contains(name);
      byte[] bytes = KernelBinaries.images(family, hopper ? 9 : 12, 0).getLast().bytes();
      String ptx = new String(bytes, 0, bytes.length - 1, StandardCharsets.US_ASCII);
      String version = hopper ? "8.0" : "7.";
      assertTrue(ptx.contains("\n.version " + version), "PTX states a new version");
      Map<String, KernelSignature> declared =
          PtxSignatures.of(ptx).stream()
              .collect(Collectors.toMap(KernelSignature::name, Function.identity()));
      assertEquals(declared, family.kernels());
      var withoutAddresses = new TreeMap<String, KernelSignature>();
      declared.forEach(
          (kernel, signature) -> withoutAddresses.put(kernel, withoutAddresses(signature)));
      for (int major : hopper ? List.of(9) : List.of(8, 9)) {
        KernelBinaries.Image cubin = KernelBinaries.images(family, major, 0).getFirst();
        assertEquals(withoutAddresses, CubinSignatures.of(cubin.bytes()), cubin.target());
      }
    }
  }

  private static KernelSignature withoutAddresses(KernelSignature kernel) {
    return new KernelSignature(
        kernel.name(),
        kernel.parameters().stream()
            .map(p -> new Parameter(p.offset(), p.bytes(), false))
            .toList());
  }

  /** Every parameter of these kernels that has eight bytes is an address. */
  @Test
  void addressesAreMarked() {
    for (Manifest.Family family : manifest.families().values()) {
      for (KernelSignature kernel : family.kernels().values()) {
        for (Parameter parameter : kernel.parameters()) {
          assertEquals(parameter.bytes() == Long.BYTES, parameter.pointer(), kernel.name());
        }
      }
    }
  }

  @Test
  void whatHopperAloneRunsIsForNoOther() {
    for (String name : CudaSource.HOPPER) {
      Manifest.Family family = manifest.families().get(name);
      assertEquals(
          List.of(KernelBinaries.HOPPER, KernelBinaries.HOPPER_PTX),
          KernelBinaries.images(family, 9, 0).stream().map(KernelBinaries.Image::target).toList());
      for (int major : List.of(8, 10)) {
        assertThrows(IllegalStateException.class, () -> KernelBinaries.images(family, major, 0));
      }
    }
  }
}
