package org.wardlock.cli;

import java.util.Optional;

/**
 * A line of {@code records.csv}: what became of a pair within one budget.
 *
 * @param budget the largest DSSIM
 * @param pair its number, from 0
 * @param source id of the picture that was changed
 * @param label its class
 * @param target id of the picture whose features it took on
 * @param targetClass its class
 * @param prediction what the student takes the outcome for
 * @param dissimilarity DSSIM of the outcome to the source
 * @param distance of the outcome's features from the target's, in L2
 * @param distanceBefore of the source's
 * @param steps that were made
 */
record MimicRecord(
    double budget,
    int pair,
    long source,
    int label,
    long target,
    int targetClass,
    int prediction,
    double dissimilarity,
    double distance,
    double distanceBefore,
    int steps) {
  static final String HEADER =
      "budget,pair,source,label,target,target_class,prediction,dssim,distance,distance_before,steps";

  private static final int FIELDS = 11;

  /** Reads what {@link #line()} wrote. */
  static Optional<MimicRecord> parse(String line) {
    String[] fields = line.split(",", -1);
    if (fields.length != FIELDS) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new MimicRecord(
              Double.parseDouble(fields[0]),
              Integer.parseInt(fields[1]),
              Long.parseLong(fields[2]),
              Integer.parseInt(fields[3]),
              Long.parseLong(fields[4]),
              Integer.parseInt(fields[5]),
              Integer.parseInt(fields[6]),
              Double.parseDouble(fields[7]),
              Double.parseDouble(fields[8]),
              Double.parseDouble(fields[9]),
              Integer.parseInt(fields[10])));
    } catch (NumberFormatException _) {
      return Optional.empty();
    }
  }

  /** The fields in the order of the header. */
  String line() {
    // %s for numbers, as %d would follow the locale's digits
    return "%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s"
        .formatted(
            budget,
            pair,
            source,
            label,
            target,
            targetClass,
            prediction,
            dissimilarity,
            distance,
            distanceBefore,
            steps);
  }

  /** Whether the student takes it for the target's class. */
  boolean isReached() {
    return prediction == targetClass;
  }

  /** Whether the student takes it for another class than it is of. */
  boolean isChanged() {
    return prediction != label;
  }

  /** Which share of the way to the target's features is left. */
  double remaining() {
    return distanceBefore == 0 ? 0 : distance / distanceBefore;
  }
}
