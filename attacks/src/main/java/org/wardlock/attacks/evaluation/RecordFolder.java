package org.wardlock.attacks.evaluation;

import java.io.IOException;
import java.nio.ByteBuffer;
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
import org.wardlock.nn.files.DurableFiles;
import org.wardlock.nn.files.FormatException;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/**
 * Records in a folder. {@code records.csv} grows by a batch at a time and is forced to the disk;
 * then {@code progress.csv}, which says how many pictures count as done, is replaced. After a kill
 * at any instant, whatever lies beyond that number is cut off, so the records of a resumed run end
 * with the bytes of an uninterrupted one. {@code identity.txt} holds what a resumed run must agree
 * in. Pictures, if they are kept, grow in the same way, under a name of their own until all are
 * there.
 */
public final class RecordFolder implements Records, AutoCloseable {
  /** Where the records are. */
  public static final String RECORDS = "records.csv";

  /**
   * Where adversarial pictures are in the end, if they are kept: a safetensors file whose only
   * tensor, {@link #TENSOR}, is (N, channels, height, width), float32, in the order of the records.
   * A picture that no attack broke is there as it was. The metadata is the run's identity.
   */
  public static final String IMAGES = "adversarial.safetensors";

  /** What the tensor of {@link #IMAGES} is called. */
  public static final String TENSOR = "images";

  static final String PROGRESS = "progress.csv";
  static final String IDENTITY = "identity.txt";
  static final String KEPT_IMAGES = "kept images";
  static final String FORMAT_KEY = "format";
  static final String FORMAT = "1";

  private final Path progressFile;
  private final FileChannel records;
  private final Optional<PictureFile> images;
  private final List<PictureRecord> pictures;
  private List<AttackWork> work;

  private RecordFolder(
      Path progressFile,
      FileChannel records,
      Optional<PictureFile> images,
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
   * @param keptImages the shape of all pictures the run is about, (N, channels, height, width), if
   *     they shall be kept
   * @throws FormatException if there are records or kept pictures already
   */
  public static RecordFolder begin(
      Path folder, Map<String, String> identity, Optional<Shape> keptImages) throws IOException {
    for (String name : List.of(RECORDS, IMAGES)) {
      if (Files.exists(folder.resolve(name))) {
        throw new FormatException(
            folder.resolve(name), "exists; resume that run or choose another folder");
      }
    }
    Files.createDirectories(folder);
    IdentityFile.write(folder.resolve(IDENTITY), complete(identity, keptImages));
    new RunProgress(0, List.of()).write(folder.resolve(PROGRESS));
    if (keptImages.isPresent()) {
      PictureFile.begin(folder.resolve(IMAGES), keptImages.get(), identity);
    }
    DurableFiles.replace(folder.resolve(RECORDS), PictureRecord.HEADER + "\n");
    return open(folder, identity, keptImages);
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
    return open(folder, identity, keptImages);
  }

  private static Map<String, String> complete(
      Map<String, String> identity, Optional<Shape> keptImages) {
    Map<String, String> all = new LinkedHashMap<>();
    all.put(FORMAT_KEY, FORMAT);
    all.put(KEPT_IMAGES, keptImages.map(Shape::toString).orElse("none"));
    all.putAll(identity);
    return all;
  }

  private static RecordFolder open(
      Path folder, Map<String, String> identity, Optional<Shape> keptImages) throws IOException {
    Path progressFile = folder.resolve(PROGRESS);
    RunProgress progress = RunProgress.read(progressFile);
    int done = progress.pictures();
    Path recordFile = folder.resolve(RECORDS);
    List<PictureRecord> pictures = new ArrayList<>();
    long length = readRecords(recordFile, done, pictures);
    Optional<PictureFile> images = Optional.empty();
    if (keptImages.isPresent()) {
      Path file = folder.resolve(IMAGES);
      images = Optional.of(PictureFile.open(file, keptImages.get(), identity, done));
    }
    FileChannel records = openAt(recordFile, length);
    return new RecordFolder(progressFile, records, images, pictures, progress.work());
  }

  /** Reads as many records as count; returns where they end. */
  static long readRecords(Path file, int count, List<PictureRecord> pictures) throws IOException {
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
    FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
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
      images.get().append(batchImages);
    }
    record(batch, newWork);
  }

  /**
   * Adds all that another run has recorded.
   *
   * @param run its kept images, if this keeps any, are of the same kind
   */
  void append(RecordedRun run) throws IOException {
    if (images.isPresent()) {
      images.get().append(run.images());
    }
    List<AttackWork> total = new ArrayList<>(run.work());
    for (int i = 0; i < work.size(); i++) {
      total.set(i, work.get(i).plus(total.get(i)));
    }
    record(run.pictures(), total);
  }

  private void record(List<PictureRecord> batch, List<AttackWork> newWork) throws IOException {
    String lines = batch.stream().map(record -> record.line() + "\n").collect(Collectors.joining());
    DurableFiles.writeFully(records, ByteBuffer.wrap(lines.getBytes(StandardCharsets.US_ASCII)));
    records.force(true);
    List<AttackWork> total = List.copyOf(newWork);
    new RunProgress(pictures.size() + batch.size(), total).write(progressFile);
    pictures.addAll(batch);
    work = total;
    // last: a file of that name is whole, and no picture in it is without a record
    if (images.isPresent()) {
      images.get().publishIfWhole();
    }
  }

  @Override
  public void close() throws IOException {
    records.close();
    if (images.isPresent()) {
      images.get().close();
    }
  }
}
