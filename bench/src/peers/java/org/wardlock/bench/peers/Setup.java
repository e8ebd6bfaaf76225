package org.wardlock.bench.peers;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How a process is started.
 *
 * @param engine what computes in it
 * @param allocator of native memory
 * @param options of the JVM
 * @param environment added to the driver's own
 */
record Setup(Kind engine, String allocator, List<String> options, Map<String, String> environment) {
  /** What computes. */
  enum Kind {
    WARDLOCK("Wardlock"),
    PYTORCH("PyTorch"),
    ONNX_RUNTIME("ONNX Runtime");

    /** All but ours. */
    static final List<Kind> PEERS = List.of(PYTORCH, ONNX_RUNTIME);

    private final String title;

    Kind(String title) {
      this.title = title;
    }

    /** The name for people. */
    String title() {
      return title;
    }
  }

  private static final List<Path> FOLDERS =
      List.of(
          Path.of("/usr/lib/x86_64-linux-gnu"), Path.of("/usr/lib64"), Path.of("/usr/local/lib"));

  /** Steady speed is measured, so the kernels for a process's first work would only delay it. */
  private static final String STEADY_KERNELS = "-Dwardlock.kernels=vector";

  static final Setup WARDLOCK =
      new Setup(Kind.WARDLOCK, "", List.of("-XX:MaxRAMPercentage=60", STEADY_KERNELS), Map.of());

  /** For memory alone: G1 would count the empty ends of its regions as used. */
  static final Setup WARDLOCK_MEMORY =
      new Setup(
          Kind.WARDLOCK,
          "",
          List.of("-XX:MaxRAMPercentage=60", STEADY_KERNELS, "-XX:+UseSerialGC"),
          Map.of());

  /**
   * For memory alone: everything larger than a few pages goes back to the system when it is freed,
   * so that resident is what lives. The heap is touched as a whole before anything is measured.
   */
  static final Setup PYTORCH_MEMORY =
      new Setup(
          Kind.PYTORCH,
          "malloc",
          List.of("-Xms1g", "-Xmx1g", "-XX:+UseSerialGC", "-XX:+AlwaysPreTouch"),
          Map.of("MALLOC_MMAP_THRESHOLD_", "32768", "MALLOC_TRIM_THRESHOLD_", "0"));

  /** Never gives memory back, PyTorch's own advice for steady work. */
  private static final Map<String, String> JEMALLOC =
      Map.of(
          "MALLOC_CONF",
          "oversize_threshold:1,background_thread:true,metadata_thp:auto,dirty_decay_ms:-1,muzzy_decay_ms:-1");

  /** Everything that an engine is measured with. */
  static List<Setup> of(Kind kind) {
    return switch (kind) {
      case WARDLOCK -> List.of(WARDLOCK);
      case PYTORCH -> withAllocators(kind);
      // its arena keeps what it got from the allocator, so one is enough
      case ONNX_RUNTIME -> List.of(peer(kind, "malloc", Map.of()));
    };
  }

  private static List<Setup> withAllocators(Kind kind) {
    var setups = new ArrayList<Setup>();
    setups.add(peer(kind, "malloc", Map.of()));
    preloaded("libjemalloc.so.2")
        .ifPresent(path -> setups.add(peer(kind, "jemalloc", with(JEMALLOC, path))));
    preloaded("libtcmalloc_minimal.so.4")
        .ifPresent(path -> setups.add(peer(kind, "tcmalloc", with(Map.of(), path))));
    return List.copyOf(setups);
  }

  private static Setup peer(Kind kind, String allocator, Map<String, String> environment) {
    return new Setup(kind, allocator, List.of("-XX:MaxRAMPercentage=20"), environment);
  }

  private static Optional<Path> preloaded(String library) {
    return FOLDERS.stream()
        .map(folder -> folder.resolve(library))
        .filter(Files::exists)
        .findFirst();
  }

  private static Map<String, String> with(Map<String, String> environment, Path library) {
    var all = new HashMap<>(environment);
    all.put("LD_PRELOAD", library.toString());
    return Map.copyOf(all);
  }

  /** A name for people. */
  String label() {
    return allocator.isEmpty() ? engine.title() : engine.title() + ", " + allocator;
  }
}
