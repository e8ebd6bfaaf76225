package org.wardlock.kernels.source;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.wardlock.tensor.Activation;
import org.wardlock.tensor.DType;
import org.wardlock.tensor.spi.BinaryOp;
import org.wardlock.tensor.spi.ReduceOp;
import org.wardlock.tensor.spi.UnaryOp;

/**
 * The text of a family of kernels: a header that says what kernels are written in (opencl.h or
 * cuda.h), the numbers that Java and kernels share, common.h, tile.h for those that need it, and
 * the family itself.
 */
public final class KernelSource {
  /** The families there are. */
  public static final List<String> FAMILIES =
      List.of(
          "movement",
          "cast",
          "pointwise",
          "reduction",
          "softmax",
          "layernorm",
          "batchnorm",
          "gemm",
          "attention",
          "depthwise",
          "update",
          "random");

  /** The families that work on tiles of matrices. */
  private static final Set<String> OF_TILES = Set.of("gemm", "attention");

  private KernelSource() {}

  /**
   * The whole text.
   *
   * @param dialect the header, {@code opencl.h} or {@code cuda.h}
   * @param family one of {@link #FAMILIES}
   */
  public static String of(String dialect, String family) {
    String tiles = OF_TILES.contains(family) ? resource("tile.h") : "";
    return resource(dialect)
        + constants()
        + resource("common.h")
        + tiles
        + resource(family + ".kernel");
  }

  private static String constants() {
    var text = new StringBuilder();
    define(text, "UNARY_", UnaryOp.values());
    define(text, "BINARY_", BinaryOp.values());
    define(text, "REDUCE_", ReduceOp.values());
    define(text, "DTYPE_", DType.values());
    define(text, "ACTIVATION_", Activation.values());
    define(text, "EPILOGUE_", FinishKind.values());
    define(text, "GROUP_ITEMS", KernelLibrary.GROUP);
    define(text, "LANES", KernelLibrary.LANES);
    define(text, "ROW_CHUNK", GpuLayerNorm.ROW_CHUNK);
    define(text, "CHANNEL_CHUNK", ChannelWalk.CHUNK);
    return text.toString();
  }

  private static void define(StringBuilder text, String prefix, Enum<?>... values) {
    for (Enum<?> value : values) {
      define(text, prefix + value.name(), value.ordinal());
    }
  }

  private static void define(StringBuilder text, String name, int number) {
    text.append("#define ").append(name).append(' ').append(number).append('\n');
  }

  private static String resource(String name) {
    try (InputStream in = KernelSource.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalArgumentException("no kernel source is named " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8) + "\n";
    } catch (IOException e) {
      throw new UncheckedIOException("kernel source " + name, e);
    }
  }
}
