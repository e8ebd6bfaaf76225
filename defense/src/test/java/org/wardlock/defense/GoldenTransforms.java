package org.wardlock.defense;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;

/**
 * What the official code of arXiv 2010.00801 made of two pictures: {@code transforms.safetensors}.
 */
final class GoldenTransforms {
  private static final Path FILE =
      Path.of(System.getProperty("wardlock.shared", "../../shared"))
          .resolve("golden/transforms.safetensors");
  private static final Pattern CASE =
      Pattern.compile("\"(shuffle|np|ffx)_m(\\d+)_s(\\d+)_i(\\d+)/out\"");

  private final String header;
  private final ByteBuffer data;

  private GoldenTransforms(String header, ByteBuffer data) {
    this.header = header;
    this.data = data;
  }

  /** One transform of the two pictures of a size. */
  record Case(String name, TransformKind kind, int block, long seed, int side) {}

  /** Reads the file, or skips the test where it is absent. */
  static GoldenTransforms load() {
    Assumptions.assumeTrue(Files.exists(FILE), "skipped: no golden values at " + FILE);
    try {
      ByteBuffer all = ByteBuffer.wrap(Files.readAllBytes(FILE)).order(ByteOrder.LITTLE_ENDIAN);
      var header = new byte[Math.toIntExact(all.getLong())];
      all.get(header);
      return new GoldenTransforms(
          new String(header, StandardCharsets.UTF_8), all.slice().order(ByteOrder.LITTLE_ENDIAN));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  List<Case> cases() {
    var cases = new ArrayList<Case>();
    var matcher = CASE.matcher(header);
    while (matcher.find()) {
      TransformKind kind =
          switch (matcher.group(1)) {
            case "shuffle" -> TransformKind.SHUFFLE;
            case "np" -> TransformKind.NEGATE;
            default -> TransformKind.FFX;
          };
      String match = matcher.group();
      cases.add(
          new Case(
              match.substring(1, match.length() - "/out\"".length()),
              kind,
              Integer.parseInt(matcher.group(2)),
              Long.parseLong(matcher.group(3)),
              Integer.parseInt(matcher.group(4))));
    }
    return cases;
  }

  /** The two pictures of a side, in [0,1]. */
  float[][] pictures(int side) {
    ByteBuffer bytes = bytes("img" + side);
    var pictures = new float[2][3 * side * side];
    for (float[] picture : pictures) {
      for (int i = 0; i < picture.length; i++) {
        picture[i] = Byte.toUnsignedInt(bytes.get()) / 255f;
      }
    }
    return pictures;
  }

  float[][] outputs(Case golden) {
    var values = bytes(golden.name + "/out").asFloatBuffer();
    var outputs = new float[2][values.remaining() / 2];
    for (float[] output : outputs) {
      values.get(output);
    }
    return outputs;
  }

  int[] integers(String name) {
    var values = bytes(name).asIntBuffer();
    var integers = new int[values.remaining()];
    values.get(integers);
    return integers;
  }

  private ByteBuffer bytes(String name) {
    var matcher =
        Pattern.compile(
                Pattern.quote("\"" + name + "\"")
                    + "[^}]*\"data_offsets\":\\s*\\[(\\d+),\\s*(\\d+)]")
            .matcher(header);
    if (!matcher.find()) {
      throw new IllegalArgumentException(FILE + " has no tensor " + name);
    }
    int begin = Integer.parseInt(matcher.group(1));
    int end = Integer.parseInt(matcher.group(2));
    return data.slice(begin, end - begin).order(ByteOrder.LITTLE_ENDIAN);
  }
}
