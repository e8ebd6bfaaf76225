package org.wardlock.bench.gpu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import org.wardlock.nn.Precision;
import org.wardlock.nn.model.Architecture;
import org.wardlock.tensor.DType;
import org.wardlock.tensor.Device;

/**
 * Measures Wardlock on the first GPU under CUDA. Each result is a line of JSON, written as soon as
 * it is known; what fails is named on stderr, and the next one follows.
 */
public final class GpuBench {
  private static final String WARPGROUPS = "bf16-warpgroups";

  private final Device device;
  private final String precision;
  private final double seconds;
  private final Path out;
  private boolean failed;

  private GpuBench(Device device, String precision, double seconds, Path out) {
    this.device = device;
    this.precision = precision;
    this.seconds = seconds;
    this.out = out;
  }

  /**
   * Measures.
   *
   * @param arguments {@code gemm} or {@code models}; bf16, bf16-warpgroups, tf32 or f32; how many
   *     seconds each; a file for the results; and the subjects, {@code name:rows:inner:columns} or
   *     {@code model:batch}
   */
  public static void main(String[] arguments) {
    String precision = arguments[1];
    requireProperty("wardlock.cuda.tf32", precision.equals("tf32"));
    requireProperty("wardlock.cuda.warpgroups", precision.equals(WARPGROUPS));
    var bench =
        new GpuBench(
            Device.cuda(0), precision, Double.parseDouble(arguments[2]), Path.of(arguments[3]));
    List<String> subjects = List.of(arguments).subList(4, arguments.length);
    for (String subject : subjects) {
      if (arguments[0].equals("gemm")) {
        bench.attempt(subject, () -> bench.product(Product.parse(subject)));
      } else {
        String[] parts = subject.split(":");
        for (ModelWork.Kind kind : ModelWork.Kind.values()) {
          bench.attempt(
              subject + " " + kind, () -> bench.model(parts[0], Integer.parseInt(parts[1]), kind));
        }
      }
    }
    System.exit(bench.failed ? 1 : 0);
  }

  /** What the answers call a precision must be what the backend was told. */
  private static void requireProperty(String property, boolean wanted) {
    if (Boolean.getBoolean(property) != wanted) {
      throw new IllegalArgumentException("expected -D" + property + "=" + wanted);
    }
  }

  private interface Measurement {
    String line() throws IOException;
  }

  private void attempt(String what, Measurement measurement) {
    try {
      String line = measurement.line();
      System.out.println(line);
      Files.writeString(out, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      failed = true;
      System.err.println(what + " in " + precision + ": " + e);
    }
  }

  private String product(Product product) {
    DType dtype = precision.startsWith("bf16") ? DType.BF16 : DType.F32;
    return String.format(
        Locale.ROOT,
        "{\"what\": \"gemm\", \"engine\": \"wardlock\", \"product\": \"%s\", \"precision\": \"%s\","
            + " \"tflops\": %.4g}",
        product.name(),
        precision,
        product.teraflops(device.backend(), dtype, seconds));
  }

  private String model(String name, int batch, ModelWork.Kind kind) {
    var chosen = Precision.parse(precision.startsWith("bf16") ? "bf16" : "f32");
    try (var work = new ModelWork(Architecture.named(name), device, chosen, batch, kind)) {
      double speed = work.imagesPerSecond(seconds);
      return String.format(
          Locale.ROOT,
          "{\"what\": \"model\", \"engine\": \"wardlock\", \"model\": \"%s\", \"mode\": \"%s\","
              + " \"batch\": %d, \"precision\": \"%s\", \"images_per_second\": %.6g,"
              + " \"not_repeated\": \"%s\"}",
          name,
          kind.name().toLowerCase(Locale.ROOT),
          batch,
          precision,
          speed,
          work.refusal().replace('"', '\''));
    }
  }
}
