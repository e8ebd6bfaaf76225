package org.wardlock.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
    Set<String> targets = Set.of(KernelBinaries.AMPERE, KernelBinaries.HOPPER, KernelBinaries.PTX);
    for (Manifest.Family family : manifest.families().values()) {
      assertEquals(
          targets,
          family.images().stream().map(Manifest.Image::target).collect(Collectors.toSet()));
      for (Manifest.Image image : family.images()) {
        assertEquals(
            image.hash(), Manifest.hash(KernelBinaries.resource(image.file())), image.file());
      }
    }
  }

  @Test
  void signaturesAreThoseOfPtxAndMachineCode() {
    for (Manifest.Family family : manifest.families().values()) {
      byte[] bytes = KernelBinaries.images(family, 12, 0).getFirst().bytes();
      String ptx = new String(bytes, 0, bytes.length - 1, StandardCharsets.US_ASCII);
      assertTrue(ptx.contains("\n.version 7."), "PTX states a new version");
      Map<String, KernelSignature> declared =
          PtxSignatures.of(ptx).stream()
              .collect(Collectors.toMap(KernelSignature::name, Function.identity()));
      assertEquals(declared, family.kernels());
      var withoutAddresses = new TreeMap<String, KernelSignature>();
      declared.forEach((name, kernel) -> withoutAddresses.put(name, withoutAddresses(kernel)));
      for (int major : List.of(8, 9)) {
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
}
