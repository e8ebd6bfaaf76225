package org.wardlock.data;

import java.util.Locale;

/** A part of a data set. */
public enum Split {
  /** What models are trained on. */
  TRAIN,
  /** What choices are made on. A data set without this part gives its {@link #TEST} part. */
  VAL,
  /** What is reported on. A data set without this part gives its {@link #VAL} part. */
  TEST;

  /** As it is written on the command line and as folders are named. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Reads {@code train}, {@code val} or {@code test}.
   *
   * @throws DataException for anything else
   */
  public static Split parse(String text) {
    for (Split split : values()) {
      if (split.text().equals(text)) {
        return split;
      }
    }
    throw new DataException("split '" + text + "' is unknown: expected train, val or test");
  }
}
