package org.wardlock.data.source;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.wardlock.data.DataException;

/**
 * ImageNet's classes in the order of their numbers: those of {@code LOC_synset_mapping.txt} (id and
 * names a line) or {@code synsets.txt} (an id a line), or else the ids that are there, sorted.
 */
final class Synsets {
  private static final Pattern ID = Pattern.compile("n\\d{8}");
  private static final List<String> LISTS = List.of("LOC_synset_mapping.txt", "synsets.txt");

  private final String origin;
  private final List<String> classes = new ArrayList<>();
  private final Map<String, Integer> labels = new HashMap<>();

  private Synsets(String origin) {
    this.origin = origin;
  }

  /**
   * The classes of a data set.
   *
   * @param root where the lists are looked for
   * @param present the ids to number if there is no list
   * @param presentIn where these come from, for messages
   */
  static Synsets of(Path root, List<String> present, Path presentIn) {
    for (String name : LISTS) {
      Path list = root.resolve(name);
      if (Files.exists(list)) {
        return of(list, Listing.lines(list));
      }
    }
    return of(presentIn, present.stream().sorted().toList());
  }

  private static Synsets of(Path origin, List<String> lines) {
    var synsets = new Synsets(origin.toString());
    for (String line : lines) {
      if (!line.isBlank()) {
        synsets.add(origin, line.strip());
      }
    }
    return synsets;
  }

  private void add(Path file, String line) {
    String id = line.split("\\s", 2)[0];
    if (!ID.matcher(id).matches()) {
      throw new DataException(
          file, "'%s' found; expected a class id such as n01440764".formatted(id));
    }
    if (labels.putIfAbsent(id, classes.size()) != null) {
      throw new DataException(file, "class id %s is listed twice".formatted(id));
    }
    classes.add(line);
  }

  /** Each class's id and, where the list gives them, its names. */
  List<String> classes() {
    return classes;
  }

  /**
   * The number of a class.
   *
   * @param where the id was found, for the message
   */
  int label(String id, Path where) {
    Integer label = labels.get(id);
    if (label == null) {
      throw new DataException(
          where, "'%s' is none of the %d classes of %s".formatted(id, classes.size(), origin));
    }
    return label;
  }
}
