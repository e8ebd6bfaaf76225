package org.wardlock.kernels.source;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.wardlock.tensor.Activation;
import org.wardlock.tensor.DType;
import org.wardlock.tensor.spi.BinaryOp;
import org.wardlock.tensor.spi.Operand;
import org.wardlock.tensor.spi.ReduceOp;
import org.wardlock.tensor.spi.UnaryOp;

/**
 * The text of a family of kernels: a header that says what kernels are written in (opencl.h or
 * cuda.h), the numbers that Java and kernels share, common.h, tile.h for those that need it, and
 * the family itself.
 */
public final class KernelSource {
  /** The families that compute with what tensors hold, which may be of either type. */
  private static final List<String> OF_REALS =
      List.of(
          "pointwise",
          "reduction",
          "softmax",
          "layernorm",
          "batchnorm",
          "gemm",
          "attention",
          "depthwise",
          "planes");

  /** What follows the name of a family over tensors of bfloat16. */
  private static final String OF_BRAIN_FLOATS = ".bf16";

  private static final String NAMED_OF_BRAIN_FLOATS = "Bf16";

  private static final Pattern DECLARED = Pattern.compile("KERNEL (\\w+)\\(");

  /** The families there are: those over tensors of bfloat16 end in {@code .bf16}. */
  public static final List<String> FAMILIES =
      Stream.of(
              Stream.of("movement", "cast", "update", "random"),
              OF_REALS.stream(),
              OF_REALS.stream().map(family -> family + OF_BRAIN_FLOATS))
          .flatMap(families -> families)
          .toList();

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
    boolean ofBrainFloats = family.endsWith(OF_BRAIN_FLOATS);
    String file = family.replace(OF_BRAIN_FLOATS, "");
    return resource(dialect)
        + constants()
        + (ofBrainFloats ? "#define REAL_IS_BRAIN_FLOAT\n" : "")
        + resource("common.h")
        + (OF_TILES.contains(file) ? resource("tile.h") : "")
        + (ofBrainFloats ? names(resource(file + ".kernel")) : "")
        + resource(file + ".kernel");
  }

  /** Gives kernels over bfloat16 names of their own, for messages and profiles. */
  private static String names(String source) {
    var text = new StringBuilder();
    DECLARED
        .matcher(source)
        .results()
        .map(found -> found.group(1))
        .forEach(
            name -> text.append("#define " + name + ' ' + name + NAMED_OF_BRAIN_FLOATS + '\n'));
    return text.toString();
  }

  /** What a kernel of a family is called once compiled. */
  static String compiledName(String family, String kernel) {
    return family.endsWith(OF_BRAIN_FLOATS) ? kernel + NAMED_OF_BRAIN_FLOATS : kernel;
  }

  /** The family for an operation on an operand: of its type. */
  static String family(String name, Operand x) {
    return x.dtype() == DType.BF16 ? name + OF_BRAIN_FLOATS : name;
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
