package org.wardlock.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wardlock.data.image.Interpolation;
import org.wardlock.data.image.PictureDecoder;

class PreprocessTest {
  private static final double[] MEAN = {0.485, 0.456, 0.406};
  private static final double[] DEVIATION = {0.229, 0.224, 0.225};

  /** Pictures as timm prepares them for DeiT: normalised by ImageNet's mean and deviation. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "n01440764_tench",
        "n01531178_goldfinch",
        "n01687978_agama",
        "n01855672_goose",
        "n03042490_cliff_dwelling"
      })
  void agreesWithTimm(String name) throws IOException {
    float[] golden = golden(name + ".JPEG/x");
    Path file =
        SharedFiles.get("data/imagenet-sample/val/" + name.substring(0, 9) + "/" + name + ".JPEG");
    byte[] planes = new byte[golden.length];
    Preprocess.of(224, 0.9, Interpolation.BICUBIC)
        .apply(PictureDecoder.decode(Files.readAllBytes(file)))
        .copyPlanes(planes, 0);
    double[] differences = new double[golden.length];
    for (int i = 0; i < golden.length; i++) {
      int channel = i / (224 * 224);
      double value = (Byte.toUnsignedInt(planes[i]) / 255.0 - MEAN[channel]) / DEVIATION[channel];
      differences[i] = Math.abs(value - golden[i]);
    }
    Arrays.sort(differences);
    double mean = Arrays.stream(differences).average().orElseThrow();
    double high = differences[(int) (0.999 * differences.length)];
    assertTrue(mean <= 0.01, "mean absolute difference " + mean);
    assertTrue(high <= 0.08, "99.9th percentile " + high);
    // a step of one in a byte is 0.0171: the bytes are in fact equal
    assertTrue(differences[differences.length - 1] < 1e-5, "largest difference");
  }

  private static float[] golden(String name) throws IOException {
    Path file = SharedFiles.get("golden/deit_tiny_preprocess.safetensors");
    ByteBuffer content = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    byte[] header = new byte[Math.toIntExact(content.getLong())];
    content.get(header);
    Matcher offsets =
        Pattern.compile(Pattern.quote('"' + name + '"') + "[^}]*\\[(\\d+), ?(\\d+)]")
            .matcher(new String(header, StandardCharsets.UTF_8));
    assertTrue(offsets.find(), name + " is not in " + file);
    int start = content.position() + Integer.parseInt(offsets.group(1));
    int length = Integer.parseInt(offsets.group(2)) - Integer.parseInt(offsets.group(1));
    float[] values = new float[length / Float.BYTES];
    content.slice(start, length).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
    return values;
  }

  @Test
  void theShorterSideFollowsFromTheFractionKept() {
    assertEquals(248, Preprocess.of(224, 0.9, Interpolation.BICUBIC).resizeTo());
    assertEquals(256, Preprocess.of(224, 0.875, Interpolation.BILINEAR).resizeTo());
    assertEquals(32, Preprocess.of(32, 1, Interpolation.BICUBIC).resizeTo());
  }

  @Test
  void sizesThatMakeNoSenseAreRefused() {
    assertThrows(
        IllegalArgumentException.class, () -> Preprocess.of(224, 0, Interpolation.BICUBIC));
    assertThrows(
        IllegalArgumentException.class, () -> Preprocess.of(224, 1.1, Interpolation.BICUBIC));
    assertThrows(
        IllegalArgumentException.class, () -> new Preprocess(224, 223, Interpolation.BICUBIC));
  }
}
