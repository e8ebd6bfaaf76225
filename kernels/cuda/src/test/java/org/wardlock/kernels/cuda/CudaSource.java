package org.wardlock.kernels.cuda;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The text of the kernels that CUDA alone has: src/main/cuda. */
final class CudaSource {
  /** The families there are. */
  static final List<String> FAMILIES =
      List.of("hopper_gemm", "tensor_attention", "tensor_depthwise", "tensor_gemm");

  /** Those of them that compute capability 9.0 alone can run. */
  static final Set<String> HOPPER = Set.of("hopper_gemm");

  /** Where they are; tests run in the module's folder. */
  static final Path FOLDER = Path.of("src", "main", "cuda");

  private static final Pattern INCLUDE = Pattern.compile("(?m)^#include \"(\\w+\\.h)\"$");

  private CudaSource() {}

  /** A family with its headers in place. */
  static String of(String family) {
    return INCLUDE
        .matcher(read(family + ".cu"))
        .replaceAll(include -> Matcher.quoteReplacement(read(include.group(1))));
  }

  private static String read(String file) {
    try {
      return Files.readString(FOLDER.resolve(file));
    } catch (IOException e) {
      throw new UncheckedIOException("CUDA source " + file + "; is this the module's folder?", e);
    }
  }
}
