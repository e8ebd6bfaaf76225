package org.wardlock.attacks.extraction;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.wardlock.nn.files.DurableFiles;
import org.wardlock.nn.files.FormatException;
import org.wardlock.nn.files.JsonFile;

/**
 * What a service was asked and what it answered, in the order of the questions, in a file that only
 * grows: an answer that is in it need not be asked for again. docs/formats.md says how it looks.
 */
public final class Transcript implements AutoCloseable {
  private static final int FORMAT = 1;
  private static final int CHECKSUM_BYTES = Integer.BYTES;

  private final Path file;
  private final FileChannel channel;
  private final Answers answers;
  private final int classes;
  private final List<Integer> pictures = new ArrayList<>();
  private final List<float[]> told = new ArrayList<>();

  private Transcript(Path file, FileChannel channel, Answers answers, int classes) {
    this.file = file;
    this.channel = channel;
    this.answers = answers;
    this.classes = classes;
  }

  /**
   * Begins a transcript, or goes on with one.
   *
   * @param folder which exists
   * @param name of the files, without what comes after the dot
   * @param answers what is written down of each picture
   * @param classes that the service tells apart
   * @param identity what else must be the same whenever it is opened: service, pictures, seed
   * @throws FormatException if it is of something else
   * @throws IOException if it cannot be read or written
   */
  public static Transcript open(
      Path folder, String name, Answers answers, int classes, Map<String, String> identity)
      throws IOException {
    Path header = folder.resolve(name + ".json");
    var facts = new TreeMap<>(identity);
    facts.put("answers", answers.name().toLowerCase(Locale.ROOT));
    facts.put("classes", Integer.toString(classes));
    if (Files.exists(header)) {
      JsonFile.read(header, FORMAT).requireSame("identity", facts);
    } else {
      var json = new LinkedHashMap<String, Object>();
      json.put("format", FORMAT);
      json.put("identity", facts);
      JsonFile.replace(header, json);
    }
    Path file = folder.resolve(name + ".bin");
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      var transcript = new Transcript(file, channel, answers, classes);
      transcript.read();
      return transcript;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** Where the answers lie. */
  Path file() {
    return file;
  }

  /** How many answers there are. */
  public int size() {
    return pictures.size();
  }

  /** The picture of a question, by its index in the pool. */
  public int picture(int question) {
    return pictures.get(question);
  }

  /** The answer to a question, as {@link QueryOracle#ask} gave it. */
  public float[] answer(int question) {
    return told.get(question).clone();
  }

  /**
   * Adds answers; when this returns they are on the disk.
   *
   * @param asked the pictures, by their indices in the pool
   * @param answered a row each
   */
  void append(int[] asked, float[][] answered) throws IOException {
    ByteBuffer buffer = buffer(Math.multiplyExact(asked.length, recordBytes()));
    for (int i = 0; i < asked.length; i++) {
      put(buffer, asked[i], answered[i]);
    }
    DurableFiles.writeFully(channel, buffer.flip());
    channel.force(false);
    for (int i = 0; i < asked.length; i++) {
      pictures.add(asked[i]);
      told.add(answered[i].clone());
    }
  }

  private void put(ByteBuffer buffer, int picture, float... answer) {
    int start = buffer.position();
    buffer.putInt(picture);
    if (answers == Answers.LABELS) {
      buffer.putInt(label(answer));
    } else {
      for (float value : answer) {
        buffer.putFloat(value);
      }
    }
    buffer.putInt(checksum(buffer, start, buffer.position()));
  }

  /** Takes in what is whole; what a killed process was about to write is cut off. */
  private void read() throws IOException {
    int size = recordBytes();
    ByteBuffer buffer = buffer(size);
    long whole = 0;
    while (fill(buffer, whole) && isWhole(buffer)) {
      pictures.add(buffer.getInt());
      told.add(answers == Answers.LABELS ? oneHot(buffer.getInt()) : floats(buffer));
      whole += size;
    }
    channel.truncate(whole);
    channel.position(whole);
  }

  private boolean fill(ByteBuffer buffer, long position) throws IOException {
    buffer.clear();
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, position + buffer.position()) < 0) {
        return false;
      }
    }
    buffer.flip();
    return true;
  }

  private static boolean isWhole(ByteBuffer buffer) {
    int end = buffer.limit() - CHECKSUM_BYTES;
    return checksum(buffer, 0, end) == buffer.getInt(end);
  }

  private static int checksum(ByteBuffer buffer, int start, int end) {
    var crc = new CRC32C();
    crc.update(buffer.array(), start, end - start);
    return (int) crc.getValue();
  }

  private float[] oneHot(int label) throws FormatException {
    if (label < 0 || label >= classes) {
      throw new FormatException(
          file, "an answer is class %d, expected 0 to %d".formatted(label, classes - 1));
    }
    float[] row = new float[classes];
    row[label] = 1;
    return row;
  }

  private float[] floats(ByteBuffer buffer) {
    float[] row = new float[classes];
    buffer.asFloatBuffer().get(row);
    return row;
  }

  private static int label(float... answer) {
    int best = 0;
    for (int i = 1; i < answer.length; i++) {
      best = answer[i] > answer[best] ? i : best;
    }
    return best;
  }

  private int recordBytes() {
    int values = answers == Answers.LABELS ? 1 : classes;
    return Integer.BYTES + values * Float.BYTES + CHECKSUM_BYTES;
  }

  private static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
