package org.wardlock.attacks.extraction;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How many pictures a service was shown, written down before each time that it is asked: whoever is
 * killed between a question and the note of its answer has asked all the same.
 */
final class ShownPictures implements AutoCloseable {
  private final RecordLog log;
  private final List<Round> rounds;
  private int total;

  /**
   * Pictures that were shown at once.
   *
   * @param first how many answers there were before
   * @param count of the pictures
   * @param before how many were shown until then
   */
  private record Round(int first, int count, int before) {}

  private ShownPictures(RecordLog log, List<Round> rounds) {
    this.log = log;
    this.rounds = rounds;
    total = rounds.stream().mapToInt(Round::count).sum();
  }

  /**
   * Opens the notes, or begins them.
   *
   * @param answers that there are; at least as many pictures were shown
   */
  static ShownPictures open(Path file, int answers) throws IOException {
    var rounds = new ArrayList<Round>();
    RecordLog log =
        RecordLog.open(
            file,
            2 * Integer.BYTES,
            record -> {
              int before = rounds.isEmpty() ? 0 : end(rounds.getLast());
              rounds.add(new Round(record.getInt(), record.getInt(), before));
            });
    var shown = new ShownPictures(log, rounds);
    try {
      // answers without notes are those of a version of the program that took none
      int unnoted = answers == 0 ? 0 : shown.until(answers - 1) - shown.total;
      if (unnoted > 0) {
        shown.intend(answers - unnoted, unnoted);
      }
      return shown;
    } catch (IOException | RuntimeException e) {
      log.close();
      throw e;
    }
  }

  private static int end(Round round) {
    return round.before() + round.count();
  }

  /** All pictures that were shown. */
  int total() {
    return total;
  }

  /**
   * Notes that pictures are about to be shown; when this returns it is on the disk.
   *
   * @param first how many answers there are
   */
  void intend(int first, int count) throws IOException {
    log.append(1, (buffer, _) -> buffer.putInt(first).putInt(count));
    rounds.add(new Round(first, count, total));
    total += count;
  }

  /** How many pictures had been shown when an answer came, that of the answer included. */
  int until(int answer) {
    for (int number = rounds.size() - 1; number >= 0; number--) {
      Round round = rounds.get(number);
      if (round.first() <= answer) {
        return round.before() + answer - round.first() + 1;
      }
    }
    return answer + 1;
  }

  @Override
  public void close() throws IOException {
    log.close();
  }
}
