package org.wardlock.attacks.evaluation;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.wardlock.attacks.PictureOutcome;

/**
 * A line of {@code records.csv}: what became of one picture.
 *
 * @param index the picture's id
 * @param label its true class
 * @param cleanPrediction what the clean picture is taken for
 * @param brokenBy the first attack that succeeded; empty if none did, or the clean picture is wrong
 *     already
 * @param norm of the change that succeeded, 0 if none
 * @param queries forward passes that attacks took
 * @param okAt8Bit an attack succeeded, and still does with the picture rounded to 8 bits
 */
public record PictureRecord(
    long index,
    int label,
    int cleanPrediction,
    Optional<String> brokenBy,
    double norm,
    long queries,
    boolean okAt8Bit) {
  static final String HEADER = "index,label,clean_pred,broken_by,norm,queries,ok_at_8bit";

  private static final Pattern LINE =
      Pattern.compile(
          "([0-9]{1,10}),([0-9]{1,9}),([0-9]{1,9}),([A-Za-z0-9-]*),([0-9.E-]+),([0-9]{1,18}),(true|false)");

  static PictureRecord of(PictureOutcome outcome) {
    return new PictureRecord(
        outcome.id(),
        outcome.label(),
        outcome.cleanPrediction(),
        outcome.brokenBy(),
        outcome.norm(),
        outcome.queries(),
        outcome.okAt8Bit());
  }

  /** Reads what {@link #line()} wrote. */
  static Optional<PictureRecord> parse(String line) {
    Matcher fields = LINE.matcher(line);
    if (!fields.matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new PictureRecord(
              Long.parseLong(fields.group(1)),
              Integer.parseInt(fields.group(2)),
              Integer.parseInt(fields.group(3)),
              Optional.of(fields.group(4)).filter(name -> !name.isEmpty()),
              Double.parseDouble(fields.group(5)),
              Long.parseLong(fields.group(6)),
              Boolean.parseBoolean(fields.group(7))));
    } catch (NumberFormatException _) {
      return Optional.empty();
    }
  }

  /** The fields in the order of the header. */
  String line() {
    // %s for numbers, as %d would follow the locale's digits
    return "%s,%s,%s,%s,%s,%s,%s"
        .formatted(index, label, cleanPrediction, brokenBy.orElse(""), norm, queries, okAt8Bit);
  }

  /** Whether the clean picture is classified rightly. */
  public boolean isCleanRight() {
    return cleanPrediction == label;
  }

  /** Whether the picture is classified rightly and no attack changed that. */
  public boolean isRobust() {
    return isCleanRight() && brokenBy.isEmpty();
  }
}
