package org.wardlock.tensor.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/**
 * Golden values in a safetensors file of the shared folder, which the system property {@code
 * wardlock.shared} names. A test that opens a file where there is none is skipped, with a line that
 * says so.
 */
public final class GoldenFile {
  private static final Path SHARED = Path.of(System.getProperty("wardlock.shared", "../../shared"));
  private static final Pattern ENTRY =
      Pattern.compile(
          "\"([^\"]+)\":\\{\"dtype\":\"(\\w+)\",\"shape\":\\[([\\d,]*)],\"data_offsets\":\\[(\\d+),(\\d+)]}");

  private final Path path;
  private final MemorySegment data;
  private final SortedMap<String, Entry> entries = new TreeMap<>();

  private record Entry(String dtype, Shape shape, long start, long end) {}

  private GoldenFile(Path path) throws IOException {
    this.path = path;
    try (FileChannel channel = FileChannel.open(path)) {
      MemorySegment file =
          channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto());
      long headerBytes = file.get(ValueLayout.JAVA_LONG_UNALIGNED, 0);
      byte[] header = file.asSlice(Long.BYTES, headerBytes).toArray(ValueLayout.JAVA_BYTE);
      this.data = file.asSlice(Long.BYTES + headerBytes);
      parse(new String(header, StandardCharsets.UTF_8).replace(" ", ""));
    }
  }

  private void parse(String header) {
    Matcher matcher = ENTRY.matcher(header);
    while (matcher.find()) {
      int[] extents =
          Arrays.stream(matcher.group(3).split(","))
              .filter(s -> !s.isEmpty())
              .mapToInt(Integer::parseInt)
              .toArray();
      entries.put(
          matcher.group(1),
          new Entry(
              matcher.group(2),
              Shape.of(extents),
              Long.parseLong(matcher.group(4)),
              Long.parseLong(matcher.group(5))));
    }
  }

  /**
   * Opens a file, or skips the test that asks.
   *
   * @param name below the shared folder, such as {@code golden/ops.safetensors}
   */
  public static GoldenFile open(String name) {
    Path path = SHARED.resolve(name);
    assumeTrue(
        Files.exists(path),
        () -> path + " is absent: set -Dwardlock.shared to the folder with the golden values");
    try {
      return new GoldenFile(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where the file is. */
  public Path path() {
    return path;
  }

  /** Every tensor's name, sorted. */
  public Iterable<String> names() {
    return entries.keySet();
  }

  /** Whether there is a tensor of this name. */
  public boolean has(String name) {
    return entries.containsKey(name);
  }

  /** The shapes of the tensors whose names begin with a prefix, by what follows it. */
  public Map<String, Shape> shapesBelow(String prefix) {
    var found = new TreeMap<String, Shape>();
    entries.forEach(
        (name, entry) -> {
          if (name.startsWith(prefix)) {
            found.put(name.substring(prefix.length()), entry.shape());
          }
        });
    return found;
  }

  /** A tensor's values: float32, or 64-bit integers as labels are stored. */
  public Values values(String name) {
    Entry entry = entries.get(name);
    if (entry == null) {
      throw new IllegalArgumentException(path + " has no tensor '" + name + "'");
    }
    MemorySegment bytes = data.asSlice(entry.start(), entry.end() - entry.start());
    return Values.of(
        entry.shape(),
        i ->
            switch (entry.dtype()) {
              case "F32" -> bytes.get(ValueLayout.JAVA_FLOAT_UNALIGNED, 4L * i);
              case "I64" -> bytes.get(ValueLayout.JAVA_LONG_UNALIGNED, 8L * i);
              default ->
                  throw new IllegalArgumentException(path + ": '" + name + "' is " + entry.dtype());
            });
  }

  /** A tensor of floats on a device. */
  public Tensor tensor(Device device, String name) {
    Values values = values(name);
    return Tensor.of(device, values.shape(), values.floats());
  }

  /** Labels on a device. */
  public Tensor labels(Device device, String name) {
    int[] labels = Arrays.stream(values(name).data()).mapToInt(value -> (int) value).toArray();
    return Tensor.ofInts(device, Shape.of(labels.length), labels);
  }

  /**
   * Checks a result against the golden values by the relative error of Euclidean norms.
   *
   * @param name of the golden tensor, whose shape may differ by axes of extent 1
   */
  public void check(String name, Tensor found, double tolerance) {
    double[] expected = values(name).data();
    float[] values = found.toFloats();
    assertEquals(expected.length, values.length, () -> name + ": shape " + found.shape());
    double difference = 0;
    double norm = 0;
    for (int i = 0; i < expected.length; i++) {
      difference += (values[i] - expected[i]) * (values[i] - expected[i]);
      norm += expected[i] * expected[i];
    }
    double error = Math.sqrt(difference / norm);
    assertTrue(
        error <= tolerance, () -> name + ": relative error " + error + " is above " + tolerance);
  }
}
