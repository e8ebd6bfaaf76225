package org.wardlock.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A text file that lists pictures, one a line: by name, or by number in the split. Blank lines and
 * lines that start with {@code #} are passed over.
 */
final class IdList {
  private IdList() {}

  /**
   * The indices of the listed pictures, in the order of the file.
   *
   * @throws DataException if the file cannot be read, lists nothing, lists a picture twice or one
   *     that the data set does not have
   */
  static int[] read(Path file, Dataset dataset) {
    List<String> lines = lines(file);
    Map<String, Integer> indices = indicesByName(dataset);
    Set<Integer> seen = new HashSet<>();
    int[] listed = new int[lines.size()];
    for (int number = 1; number <= lines.size(); number++) {
      String line = lines.get(number - 1).strip();
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      Integer index = indices.get(line);
      if (index == null) {
        throw new DataException(
            file,
            "line %d: '%s' is no picture of the data set; expected one of its %d names, such as '%s', or a number from 0"
                .formatted(number, line, dataset.size(), dataset.name(0)));
      }
      if (!seen.add(index)) {
        throw new DataException(
            file, "line %d: picture '%s' is listed twice".formatted(number, line));
      }
      listed[seen.size() - 1] = index;
    }
    if (seen.isEmpty()) {
      throw new DataException(file, "lists no picture; expected a name or number on each line");
    }
    return Arrays.copyOf(listed, seen.size());
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw DataException.unreadable(file, e);
    }
  }

  /** A picture's name wins over another one's number. */
  private static Map<String, Integer> indicesByName(Dataset dataset) {
    Map<String, Integer> indices = HashMap.newHashMap(2 * dataset.size());
    for (int i = 0; i < dataset.size(); i++) {
      indices.put(Long.toString(dataset.id(i)), i);
    }
    for (int i = 0; i < dataset.size(); i++) {
      indices.put(dataset.name(i), i);
    }
    return indices;
  }
}
