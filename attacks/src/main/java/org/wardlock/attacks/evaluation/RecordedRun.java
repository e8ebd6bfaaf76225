package org.wardlock.attacks.evaluation;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.wardlock.nn.files.FormatException;
import org.wardlock.nn.weights.Safetensors;
import org.wardlock.tensor.Shape;

/**
 * What a folder of records holds, looked at without changing it.
 *
 * @param folder where it is
 * @param identity all that decides the records, by name
 * @param pictures those that count as done, in order
 * @param work of each attack on them
 */
public record RecordedRun(
    Path folder,
    Map<String, String> identity,
    List<PictureRecord> pictures,
    List<AttackWork> work) {
  /** Before the name of an attack in an identity. */
  static final String ATTACK = "attack ";

  /**
   * Reads a folder.
   *
   * @throws FormatException if it holds no records, or damaged ones
   */
  public static RecordedRun read(Path folder) throws FormatException {
    Path records = folder.resolve(RecordFolder.RECORDS);
    if (!Files.exists(records)) {
      throw new FormatException(
          folder, "no " + RecordFolder.RECORDS + " in it; expected a folder that attack wrote");
    }
    Map<String, String> identity = IdentityFile.read(folder.resolve(RecordFolder.IDENTITY));
    String format = identity.getOrDefault(RecordFolder.FORMAT_KEY, "none");
    if (!format.equals(RecordFolder.FORMAT)) {
      throw new FormatException(
          folder.resolve(RecordFolder.IDENTITY),
          "format %s, expected %s: another version of the program wrote it"
              .formatted(format, RecordFolder.FORMAT));
    }
    try {
      RunProgress progress = RunProgress.read(folder.resolve(RecordFolder.PROGRESS));
      List<PictureRecord> pictures = new ArrayList<>();
      RecordFolder.readRecords(records, progress.pictures(), pictures);
      var run = new RecordedRun(folder, identity, List.copyOf(pictures), progress.work());
      if (!run.work.isEmpty() && run.work.size() != run.attacks().size()) {
        throw new FormatException(
            folder.resolve(RecordFolder.PROGRESS),
            "%d lines for %d attacks".formatted(run.work.size(), run.attacks().size()));
      }
      return run;
    } catch (FormatException e) {
      throw e;
    } catch (IOException e) {
      throw new FormatException(folder, "cannot be read: " + e.getMessage(), e);
    }
  }

  /** The names of the attacks, in order. */
  public List<String> attacks() {
    return identity.keySet().stream()
        .filter(name -> name.startsWith(ATTACK))
        .map(name -> name.substring(ATTACK.length()))
        .toList();
  }

  /** Which part of a run it is, if not all of it. */
  public Optional<Shard> shard() throws FormatException {
    String text = identity.get(Shard.KEY);
    try {
      return Optional.ofNullable(text).map(Shard::parse);
    } catch (IllegalArgumentException e) {
      throw new FormatException(
          folder.resolve(RecordFolder.IDENTITY), "shard " + e.getMessage(), e);
    }
  }

  /** Whether it keeps pictures. */
  boolean keepsImages() {
    return !identity.getOrDefault(RecordFolder.KEPT_IMAGES, "none").equals("none");
  }

  /** Where {@link RecordFolder#IMAGES} are, if it keeps any and all are there. */
  Path images() {
    return folder.resolve(RecordFolder.IMAGES);
  }

  /**
   * The shape of the pictures that are kept, (N, channels, height, width), if any are.
   *
   * @throws IOException if they are missing, damaged or not as many as the records
   */
  public Optional<Shape> keptImages() throws IOException {
    if (!keepsImages()) {
      return Optional.empty();
    }
    try (Safetensors file = Safetensors.open(images())) {
      Shape shape =
          file.names().contains(RecordFolder.TENSOR) ? file.shape(RecordFolder.TENSOR) : Shape.of();
      if (shape.rank() != 4 || shape.extent(0) != pictures.size()) {
        throw new FormatException(
            images(),
            "holds pictures of shape %s, expected %d of them".formatted(shape, pictures.size()));
      }
      return Optional.of(shape);
    }
  }

  /**
   * Some of the pictures that are kept.
   *
   * @param rows places in the order of the records
   * @return of each its values, (channels, height, width)
   * @throws IOException as {@link #keptImages}
   */
  public List<float[]> images(int... rows) throws IOException {
    Shape shape = keptImages().orElseThrow(() -> new FormatException(folder, "no kept pictures"));
    int size = Math.toIntExact(shape.without(0).count());
    List<float[]> found = new ArrayList<>();
    try (FileChannel channel = FileChannel.open(images(), StandardOpenOption.READ)) {
      // the file ends with them
      long start = channel.size() - shape.count() * Float.BYTES;
      for (int row : rows) {
        Objects.checkIndex(row, shape.extent(0));
        ByteBuffer bytes = ByteBuffer.allocate(size * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        long at = start + (long) row * size * Float.BYTES;
        while (bytes.hasRemaining()) {
          if (channel.read(bytes, at + bytes.position()) < 0) {
            throw new FormatException(images(), "was cut short");
          }
        }
        float[] values = new float[size];
        bytes.flip().asFloatBuffer().get(values);
        found.add(values);
      }
    }
    return found;
  }

  /** The sum of it. */
  public AttackReport report() {
    List<AttackWork> known =
        work.isEmpty() ? attacks().stream().map(_ -> AttackWork.NONE).toList() : work;
    return AttackReport.of(attacks(), pictures, known);
  }
}
