package org.wardlock.defense;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.wardlock.nn.weights.Safetensors;
import org.wardlock.nn.weights.WeightsException;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.testing.TestDevice;

/**
 * What the official code of arXiv 2010.00801 made of two pictures: {@code transforms.safetensors}.
 */
final class GoldenTransforms implements AutoCloseable {
  private static final Path FILE =
      Path.of(System.getProperty("wardlock.shared", "../../shared"))
          .resolve("golden/transforms.safetensors");
  private static final Pattern CASE = Pattern.compile("((\\w+)_m(\\d+)_s(\\d+)_i(\\d+))/out");

  private final Safetensors stored;

  private GoldenTransforms(Safetensors stored) {
    this.stored = stored;
  }

  /** One transform of the two pictures of a size. */
  record Case(String name, TransformKind kind, int block, long seed, int side) {}

  /** Opens the file, or skips the test where it is absent. */
  static GoldenTransforms open() throws WeightsException {
    Assumptions.assumeTrue(Files.exists(FILE), () -> "skipped: no golden values at " + FILE);
    return new GoldenTransforms(Safetensors.open(FILE));
  }

  List<Case> cases() {
    return stored.names().stream()
        .flatMap(name -> CASE.matcher(name).results())
        .map(GoldenTransforms::toCase)
        .toList();
  }

  private static Case toCase(MatchResult match) {
    TransformKind kind =
        switch (match.group(2)) {
          case "shuffle" -> TransformKind.SHUFFLE;
          case "np" -> TransformKind.NEGATE;
          case "ffx" -> TransformKind.FFX;
          default -> throw new IllegalArgumentException("golden case " + match.group(1));
        };
    return new Case(
        match.group(1),
        kind,
        Integer.parseInt(match.group(3)),
        Long.parseLong(match.group(4)),
        Integer.parseInt(match.group(5)));
  }

  /** The two pictures of a side, in [0, 1]. */
  float[][] pictures(int side) throws WeightsException {
    try (Scope _ = Scope.open("golden")) {
      byte[] bytes = stored.tensor("img" + side, TestDevice.get()).toBytes();
      var values = new float[bytes.length];
      for (int i = 0; i < bytes.length; i++) {
        values[i] = Byte.toUnsignedInt(bytes[i]) / 255f;
      }
      return halves(values);
    }
  }

  /** What became of the two pictures. */
  float[][] outputs(Case golden) throws WeightsException {
    try (Scope _ = Scope.open("golden")) {
      return halves(stored.tensor(golden.name + "/out", TestDevice.get()).toFloats());
    }
  }

  int[] integers(String name) throws WeightsException {
    try (Scope _ = Scope.open("golden")) {
      return stored.tensor(name, TestDevice.get()).toInts();
    }
  }

  @Override
  public void close() {
    stored.close();
  }

  private static float[][] halves(float[] values) {
    int half = values.length / 2;
    return new float[][] {
      Arrays.copyOf(values, half), Arrays.copyOfRange(values, half, values.length)
    };
  }
}
