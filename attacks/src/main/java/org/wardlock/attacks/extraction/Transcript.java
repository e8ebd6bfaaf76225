package org.wardlock.attacks.extraction;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.wardlock.nn.files.FormatException;
import org.wardlock.nn.files.JsonFile;

/**
 * What a service was asked and what it answered, in the order of the questions, in files that only
 * grow: an answer that is in them need not be asked for again, and a picture that was shown counts,
 * whether its answer came to be written down or not. docs/formats.md says how they look.
 */
public final class Transcript implements AutoCloseable {
  private static final int FORMAT = 1;

  private final Path file;
  private final Answers answers;
  private final int classes;
  private final RecordLog log;
  private final ShownPictures shown;
  private final List<Integer> pictures = new ArrayList<>();
  private final List<float[]> told = new ArrayList<>();

  private Transcript(Path folder, String name, Answers answers, int classes) throws IOException {
    file = folder.resolve(name + ".bin");
    this.answers = answers;
    this.classes = classes;
    int values = answers == Answers.LABELS ? 1 : classes;
    log = RecordLog.open(file, Integer.BYTES + values * Float.BYTES, this::read);
    try {
      shown = ShownPictures.open(folder.resolve(name + ".shown"), pictures.size());
    } catch (IOException | RuntimeException e) {
      log.close();
      throw e;
    }
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
    return new Transcript(folder, name, answers, classes);
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

  /** How many pictures were shown, those included whose answers were lost. */
  public int shown() {
    return shown.total();
  }

  /** How many answers came of the first pictures that were shown. */
  int answersTo(int questions) {
    int count = size();
    while (count > 0 && shown.until(count - 1) > questions) {
      count--;
    }
    return count;
  }

  /** Notes that pictures are about to be shown; when this returns it is on the disk. */
  void intend(int count) throws IOException {
    shown.intend(size(), count);
  }

  /**
   * Adds answers; when this returns they are on the disk.
   *
   * @param asked the pictures, by their indices in the pool
   * @param answered a row each
   */
  void append(int[] asked, float[][] answered) throws IOException {
    log.append(asked.length, (buffer, i) -> put(buffer, asked[i], answered[i]));
    for (int i = 0; i < asked.length; i++) {
      pictures.add(asked[i]);
      told.add(answered[i].clone());
    }
  }

  private void put(ByteBuffer buffer, int picture, float... answer) {
    buffer.putInt(picture);
    if (answers == Answers.LABELS) {
      buffer.putInt(label(answer));
    } else {
      for (float value : answer) {
        buffer.putFloat(value);
      }
    }
  }

  private void read(ByteBuffer record) throws FormatException {
    pictures.add(record.getInt());
    told.add(answers == Answers.LABELS ? oneHot(record.getInt()) : floats(record));
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

  @Override
  public void close() throws IOException {
    try (RecordLog _ = log) {
      shown.close();
    }
  }
}
