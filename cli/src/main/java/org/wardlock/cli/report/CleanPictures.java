package org.wardlock.cli.report;

import java.io.IOException;
import java.util.List;

/** Finds the pictures that an attack began with. */
@FunctionalInterface
public interface CleanPictures {
  /**
   * Looks for some of them.
   *
   * @param rows places in the order of the records
   * @throws IOException if they are not to be had, or are not those that were attacked; the message
   *     says why in a line
   */
  Found of(Run.Attack run, int... rows) throws IOException;

  /**
   * Clean pictures.
   *
   * @param classes the names of the classes, or none
   * @param pixels of each, (channels, height, width), values from 0 to 1
   */
  record Found(List<String> classes, List<float[]> pixels) {
    /** What a class is called. */
    String name(int label) {
      return label < classes.size() ? classes.get(label) : "class " + label;
    }
  }
}
