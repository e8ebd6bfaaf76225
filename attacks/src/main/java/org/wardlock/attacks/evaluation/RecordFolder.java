package org.wardlock.attacks.evaluation;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.wardlock.attacks.Rows;
import org.wardlock.nn.files.DurableFiles;
import org.wardlock.nn.files.FormatException;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/**
 * Records in a folder. {@code records.csv} grows by a batch at a time and is forced to the disk;
 * then {@code progress.csv}, which says how many pictures count as done, is replaced. After a kill
 * at any instant, whatever lies beyond that number is cut off, so the records of a resumed run end
 * with the bytes of an uninterrupted one. {@code identity.txt} holds what a resumed run must agree
 * in.
 */
public final class RecordFolder implements Records, AutoCloseable {
  /** Where the records are. */
  public static final String RECORDS = "records.csv";

  /** Where adversarial pictures are, if they are kept: float32, little-endian, in order. */
  public static final String IMAGES = "adversarial.f32";

  private static final String PROGRESS = "progress.csv";
  private static final String IDENTITY = "identity.txt";
  private static final String FORMAT = "1";

  private final Path progressFile;
  private final FileChannel records;
  private final Optional<FileChannel> images;
  private final List<PictureRecord> pictures;
  private List<AttackWork> work;

  private RecordFolder(
      Path progressFile,
      FileChannel records,
      Optional<FileChannel> images,
      List<PictureRecord> pictures,
      List<AttackWork> work) {
    this.progressFile = progressFile;
    this.records = records;
    this.images = images;
    this.pictures = pictures;
    this.work = work;
  }

  /**
   * Begins new records in a folder that has none.
   *
   * @param identity what a resumed run must agree in: {@link AttackRun#identity()} and whatever
   *     tells classifier and pictures from others
   * @param keptImages the shape of one picture, if adversarial pictures shall be kept
   * @throws FormatException if there are records already
   */
  public static RecordFolder begin(
      Path folder, Map<String, String> identity, Optional<Shape> keptImages) throws IOException {
    Path records = folder.resolve(RECORDS);
    if (Files.exists(records)) {
      throw new FormatException(records, "exists; resume that run or choose another folder");
    }
    Files.createDirectories(folder);
    IdentityFile.write(folder.resolve(IDENTITY), complete(identity, keptImages));
    new RunProgress(0, List.of()).write(folder.resolve(PROGRESS));
    DurableFiles.replace(records, PictureRecord.HEADER + "\n");
    return open(folder, keptImages);
  }

  /**
   * Goes on with the records in a folder, or begins new ones if there are none.
   *
   * @param identity as it was when the records were begun
   * @param keptImages likewise
   * @throws FormatException if the identity differs, or a file is damaged
   */
  public static RecordFolder resume(
      Path folder, Map<String, String> identity, Optional<Shape> keptImages) throws IOException {
    // written last, so it tells that the folder was begun in full
    if (!Files.exists(folder.resolve(RECORDS))) {
      return begin(folder, identity, keptImages);
    }
    IdentityFile.require(folder.resolve(IDENTITY), complete(identity, keptImages));
    return open(folder, keptImages);
  }

  private static Map<String, String> complete(
      Map<String, String> identity, Optional<Shape> keptImages) {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("format", FORMAT);
    all.put("kept images", keptImages.map(Shape::toString).orElse("none"));
    all.putAll(identity);
    return all;
  }

  private static RecordFolder open(Path folder, Optional<Shape> keptImages) throws IOException {
    Path progressFile = folder.resolve(PROGRESS);
    RunProgress progress = RunProgress.read(progressFile);
    Path recordFile = folder.resolve(RECORDS);
    List<PictureRecord> pictures = new ArrayList<>();
    long length = readRecords(recordFile, progress.pictures(), pictures);
    FileChannel records = openAt(recordFile, length);
    Optional<FileChannel> images = Optional.empty();
    if (keptImages.isPresent()) {
      long bytes = progress.pictures() * keptImages.get().count() * Float.BYTES;
      images = Optional.of(openAt(folder.resolve(IMAGES), bytes));
    }
    return new RecordFolder(progressFile, records, images, pictures, progress.work());
  }

  /** Reads as many records as count; returns where they end. */
  private static long readRecords(Path file, int count, List<PictureRecord> pictures)
      throws IOException {
    List<String> lines = TextFile.lines(file);
    String header = lines.isEmpty() ? "" : lines.getFirst();
    if (!header.equals(PictureRecord.HEADER)) {
      throw new FormatException(
          file, "starts with '" + header + "', expected '" + PictureRecord.HEADER + "'");
    }
    if (lines.size() - 1 < count) {
      throw new FormatException(file, lines.size() - 1 + " records, expected at least " + count);
    }
    long length = header.length() + 1;
    for (int i = 1; i <= count; i++) {
      String line = lines.get(i);
      Optional<PictureRecord> picture = PictureRecord.parse(line);
      if (picture.isEmpty()) {
        throw new FormatException(
            file, "line %d is '%s', expected %s".formatted(i + 1, line, PictureRecord.HEADER));
      }
      pictures.add(picture.get());
      length += line.length() + 1;
    }
    return length;
  }

  /** Opens a file for appending after a length, cutting off what lies beyond. */
  private static FileChannel openAt(Path file, long length) throws IOException {
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    if (channel.size() < length) {
      channel.close();
      throw new FormatException(file, Files.size(file) + " bytes, expected at least " + length);
    }
    channel.truncate(length);
    channel.position(length);
    return channel;
  }

  @Override
  public List<PictureRecord> pictures() {
    return List.copyOf(pictures);
  }

  @Override
  public List<AttackWork> work() {
    return work;
  }

  @Override
  public void append(List<PictureRecord> batch, List<AttackWork> newWork, Tensor batchImages)
      throws IOException {
    if (images.isPresent()) {
      for (float[] image : Rows.toHost(batchImages)) {
        ByteBuffer bytes =
            ByteBuffer.allocate(image.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(image);
        DurableFiles.writeFully(images.get(), bytes);
      }
      images.get().force(true);
    }
    String lines = batch.stream().map(record -> record.line() + "\n").collect(Collectors.joining());
    DurableFiles.writeFully(records, ByteBuffer.wrap(lines.getBytes(StandardCharsets.US_ASCII)));
    records.force(true);
    List<AttackWork> total = List.copyOf(newWork);
    new RunProgress(pictures.size() + batch.size(), total).write(progressFile);
    pictures.addAll(batch);
    work = total;
  }

  @Override
  public void close() throws IOException {
    records.close();
    if (images.isPresent()) {
      images.get().close();
    }
  }
}
