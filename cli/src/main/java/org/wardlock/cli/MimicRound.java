package org.wardlock.cli;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;
import org.wardlock.attacks.Rows;
import org.wardlock.attacks.evaluation.RecordFolder;
import org.wardlock.nn.files.DurableFiles;
import org.wardlock.nn.files.FormatException;
import org.wardlock.nn.weights.Safetensors;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/**
 * Mimicking pictures within one budget. They are kept as PNG, which holds all of them, then their
 * records are replaced as a whole: after a kill at any instant there are those of whole batches. In
 * the end the pictures are put together as those of any attack are kept.
 *
 * @param path of the folder
 * @param budget the largest DSSIM
 */
record MimicRound(Path path, double budget) {
  private static final int LARGEST = 255;

  private Path recordFile() {
    return path.resolve(RecordFolder.RECORDS);
  }

  private Path pictureFile(int pair, String which) {
    return path.resolve("pictures").resolve("pair-%s-%s.png".formatted(pair, which));
  }

  /**
   * The records so far.
   *
   * @throws FormatException if they are no beginning of this round's
   */
  List<MimicRecord> records() throws IOException {
    if (!Files.exists(recordFile())) {
      return List.of();
    }
    List<String> lines = Files.readAllLines(recordFile());
    if (lines.isEmpty() || !lines.getFirst().equals(MimicRecord.HEADER)) {
      throw new FormatException(
          recordFile(), "does not start with the line '%s'".formatted(MimicRecord.HEADER));
    }
    var records = new ArrayList<MimicRecord>();
    for (String line : lines.subList(1, lines.size())) {
      int pair = records.size();
      records.add(
          MimicRecord.parse(line)
              .filter(record -> record.pair() == pair && record.budget() == budget)
              .orElseThrow(
                  () ->
                      new FormatException(
                          recordFile(),
                          "line '%s', expected %s of pair %d at %s"
                              .formatted(line, MimicRecord.HEADER, pair, budget))));
    }
    return records;
  }

  /** Puts records in the place of those there are, a beginning of these. */
  void replace(List<MimicRecord> records) throws IOException {
    Files.createDirectories(path);
    String lines =
        records.stream().map(record -> record.line() + "\n").collect(Collectors.joining());
    DurableFiles.replace(recordFile(), MimicRecord.HEADER + "\n" + lines);
  }

  /**
   * Keeps a picture as PNG.
   *
   * @param values (channels, height, width), multiples of 1/255; three channels, or one
   */
  void keep(int pair, String which, Shape one, float... values) throws IOException {
    int height = one.extent(1);
    int width = one.extent(2);
    int green = one.extent(0) == 1 ? 0 : height * width;
    var image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < height * width; i++) {
      int rgb =
          level(values[i]) << 16 | level(values[green + i]) << 8 | level(values[2 * green + i]);
      image.setRGB(i % width, i / width, rgb);
    }
    var bytes = new ByteArrayOutputStream();
    ImageIO.write(image, "png", bytes);
    Path file = pictureFile(pair, which);
    Files.createDirectories(file.getParent());
    DurableFiles.replace(
        file, channel -> DurableFiles.writeFully(channel, ByteBuffer.wrap(bytes.toByteArray())));
  }

  private static int level(float value) {
    return Math.round(Math.clamp(value, 0f, 1f) * LARGEST);
  }

  /** Puts all pictures together, if that was not done before, in the order of the records. */
  void finish(int pairs, String which, Shape one) throws IOException {
    Path file = path.resolve(RecordFolder.IMAGES);
    if (Files.exists(file)) {
      return;
    }
    float[][] pictures = new float[pairs][];
    for (int pair = 0; pair < pairs; pair++) {
      pictures[pair] = read(pictureFile(pair, which), one);
    }
    try (Scope _ = Scope.open("kept pictures")) {
      Tensor images = Rows.toDevice(Device.CPU, one, pictures);
      Safetensors.write(file, Map.of(RecordFolder.TENSOR, images), Map.of());
    }
  }

  private static float[] read(Path file, Shape one) throws IOException {
    BufferedImage image = ImageIO.read(file.toFile());
    if (image == null || image.getWidth() != one.extent(2) || image.getHeight() != one.extent(1)) {
      throw new FormatException(file, "no PNG of the pictures' size: damaged");
    }
    int plane = one.extent(1) * one.extent(2);
    float[] values = new float[(int) one.count()];
    for (int i = 0; i < values.length; i++) {
      int rgb = image.getRGB(i % plane % one.extent(2), i % plane / one.extent(2));
      int shift = 16 - 8 * (i / plane);
      values[i] = (rgb >> shift & LARGEST) / (float) LARGEST;
    }
    return values;
  }
}
