package org.wardlock.data.source;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.wardlock.data.DataException;

/**
 * Which class each of ImageNet's validation pictures belongs to, where they lie in one folder: by
 * Kaggle's {@code LOC_val_solution.csv}, or by {@code ILSVRC2012_validation_ground_truth.txt} of
 * the development kit, with its {@code meta.mat} beside it. The numbers in the latter are the kit's
 * own and stand in no order that could be guessed.
 */
final class ValidationLabels {
  private static final String SOLUTION = "LOC_val_solution.csv";
  private static final String GROUND_TRUTH = "ILSVRC2012_validation_ground_truth.txt";
  private static final String META = "meta.mat";
  private static final Pattern PICTURE = Pattern.compile("ILSVRC2012_val_(\\d{8})");
  private static final Pattern SOLUTION_LINE =
      Pattern.compile("ILSVRC2012_val_(\\d{8}),(n\\d{8})\\b.*");

  private final Path file;
  private final Map<Integer, String> ids;

  private ValidationLabels(Path file, Map<Integer, String> ids) {
    this.file = file;
    this.ids = ids;
  }

  /** Looks for one of the files beside the pictures, above them, and in the development kit. */
  static ValidationLabels find(Path root, Path folder) {
    List<Path> places =
        List.of(
            root,
            folder,
            root.resolve("data"),
            root.resolve("ILSVRC2012_devkit_t12").resolve("data"));
    for (Path place : places) {
      if (Files.exists(place.resolve(SOLUTION))) {
        return solution(place.resolve(SOLUTION));
      }
      if (Files.exists(place.resolve(GROUND_TRUTH))) {
        return groundTruth(place.resolve(GROUND_TRUTH), place.resolve(META));
      }
    }
    throw new DataException(
        folder,
        "pictures but no label file; expected %s, or %s with %s, in %s: or sort the pictures into a folder for each class id"
            .formatted(SOLUTION, GROUND_TRUTH, META, root));
  }

  private static ValidationLabels solution(Path file) {
    List<String> lines = Listing.lines(file);
    Map<Integer, String> ids = HashMap.newHashMap(lines.size());
    for (int number = 2; number <= lines.size(); number++) {
      Matcher line = SOLUTION_LINE.matcher(lines.get(number - 1));
      if (!line.matches()) {
        throw new DataException(
            file,
            "line %d: '%s' found; expected ILSVRC2012_val_00000000,n00000000 and boxes"
                .formatted(number, lines.get(number - 1)));
      }
      ids.put(Integer.parseInt(line.group(1)), line.group(2));
    }
    return new ValidationLabels(file, ids);
  }

  private static ValidationLabels groundTruth(Path file, Path meta) {
    if (!Files.exists(meta)) {
      throw new DataException(
          meta,
          "no such file; expected the development kit's, without which the numbers in %s mean nothing"
              .formatted(file.getFileName()));
    }
    Map<Integer, String> idsByNumber = DevelopmentKit.classIds(meta);
    List<String> lines = Listing.lines(file);
    Map<Integer, String> ids = HashMap.newHashMap(lines.size());
    for (int number = 1; number <= lines.size(); number++) {
      String line = lines.get(number - 1).strip();
      String id = line.matches("\\d{1,4}") ? idsByNumber.get(Integer.parseInt(line)) : null;
      if (id == null) {
        throw new DataException(
            file,
            "line %d: '%s' found; expected a number from 1 to %d"
                .formatted(number, line, idsByNumber.size()));
      }
      ids.put(number, id);
    }
    return new ValidationLabels(file, ids);
  }

  Path file() {
    return file;
  }

  /** The ids of all classes that occur. */
  List<String> ids() {
    return ids.values().stream().distinct().toList();
  }

  /** The class of a picture, which its number tells. */
  String id(Path picture) {
    Matcher name = PICTURE.matcher(picture.getFileName().toString());
    String id = name.lookingAt() ? ids.get(Integer.parseInt(name.group(1))) : null;
    if (id == null) {
      throw new DataException(
          picture,
          "has no label in %s; expected a name such as ILSVRC2012_val_00000001.JPEG"
              .formatted(file));
    }
    return id;
  }
}
