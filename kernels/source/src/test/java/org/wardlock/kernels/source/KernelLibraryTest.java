package org.wardlock.kernels.source;

import static java.util.Map.entry;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.wardlock.tensor.Device;

/** What is compiled and launched, with a runtime that only takes notes. */
class KernelLibraryTest {
  /** What {@link GpuBackend} launches, as the families write it. */
  private static final Map<String, List<String>> KERNELS =
      Map.ofEntries(
          entry("movement", List.of("fill##WIDTH", "copy##WIDTH", "gather##WIDTH", "scatterAdd")),
          entry("cast", List.of("cast")),
          entry(
              "pointwise",
              List.of(
                  "unary",
                  "unaryGradient",
                  "affine",
                  "clampBetween",
                  "binary",
                  "multiplyAdd",
                  "where")),
          entry("reduction", List.of("reduce", "topK")),
          entry("softmax", List.of("softmax", "softmaxBackward", "crossEntropy")),
          entry("layernorm", List.of("layerNorm", "layerNormBackward", "layerNormParameters")),
          entry(
              "batchnorm",
              List.of(
                  "batchMoments",
                  "batchStatistics",
                  "batchNorm",
                  "batchGradientSums",
                  "batchParameters",
                  "batchNormBackward",
                  "channelAffine",
                  "channelAffineBackward")),
          entry("gemm", List.of("gemm")),
          entry(
              "attention",
              List.of(
                  "attention",
                  "attentionProjection",
                  "attentionTowardsQueries",
                  "attentionTowardsKeys")),
          entry("depthwise", List.of("depthwise", "depthwiseBackwardWeight")),
          entry("planes", List.of("depthwisePlanes")),
          entry("update", List.of("sgdStep", "adamStep")),
          entry("random", List.of("philox")));

  @Test
  void familiesAreCompiledOnce() {
    var runtime = new Notes(0);
    var library = new KernelLibrary(runtime);
    library.each("pointwise", "unary", 257, new KernelArguments());
    library.each("pointwise", "binary", 256, new KernelArguments());
    library.lanes("reduction", "reduce", 17, new KernelArguments());
    assertEquals(
        List.of(
            "build pointwise",
            "unary in 2 groups of 256",
            "binary in 1 groups of 256",
            "build reduction",
            "reduce in 2 groups of 256"),
        runtime.notes);
  }

  @Test
  void nothingIsLaunchedForNothing() {
    var runtime = new Notes(0);
    new KernelLibrary(runtime).each("pointwise", "unary", 0, new KernelArguments());
    assertEquals(List.of(), runtime.notes);
  }

  @Test
  void aKernelThatTakesMoreLocalMemoryThanEveryGpuHasIsRefused() {
    var library = new KernelLibrary(new Notes(48 * 1024 + 1));
    var error =
        assertThrows(IllegalStateException.class, () -> library.kernel("pointwise", "unary"));
    assertTrue(error.getMessage().contains("49153 bytes of local memory"), error.getMessage());
  }

  @Test
  void everyFamilyHasASourceInBothDialects() {
    var named = new TreeSet<String>();
    for (String family : KernelSource.FAMILIES) {
      String name = family.replace(".bf16", "");
      named.add(name);
      for (String dialect : List.of("opencl.h", "cuda.h")) {
        String source = KernelSource.of(dialect, family);
        assertTrue(source.contains("#define UNARY_GELU 14"), family);
        assertEquals(!family.equals(name), source.contains("#define REAL_IS_BRAIN_FLOAT"), family);
        for (String kernel : KERNELS.get(name)) {
          assertTrue(source.contains("KERNEL " + kernel + "("), family + " " + kernel);
        }
      }
    }
    assertEquals(KERNELS.keySet(), named);
    var error =
        assertThrows(
            IllegalArgumentException.class, () -> KernelSource.of("opencl.h", "astrology"));
    assertEquals("no kernel source is named astrology.kernel", error.getMessage());
  }

  private static final class Notes implements GpuRuntime {
    private final List<String> notes = new ArrayList<>();
    private final long localBytes;

    Notes(long localBytes) {
      this.localBytes = localBytes;
    }

    private record Kernel(String name, long localBytes) implements GpuKernel {}

    @Override
    public Device device() {
      return new Device("notes", 0);
    }

    @Override
    public String description() {
      return "takes notes";
    }

    @Override
    public String dialect() {
      return "opencl.h";
    }

    @Override
    public GpuMemory allocate(long bytes) {
      return () -> notes.add("free");
    }

    @Override
    public void upload(MemorySegment source, GpuMemory target, long offset) {
      notes.add("upload");
    }

    @Override
    public void download(GpuMemory source, long offset, MemorySegment target) {
      notes.add("download");
    }

    @Override
    public GpuProgram build(String name, String source) {
      notes.add("build " + name);
      return kernel -> new Kernel(kernel, localBytes);
    }

    @Override
    public void launch(GpuKernel kernel, int groups, int groupSize, KernelArguments arguments) {
      notes.add(kernel.name() + " in " + groups + " groups of " + groupSize);
    }

    @Override
    public void synchronize() {
      notes.add("synchronize");
    }

    @Override
    public void close() {
      notes.add("close");
    }
  }
}
