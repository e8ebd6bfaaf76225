package org.wardlock.cli;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.wardlock.data.Dataset;
import org.wardlock.nn.model.Architecture;
import org.wardlock.nn.model.ModelConfig;

/**
 * Whether a model tells apart the classes that pictures are of: where it does not, it would answer
 * all the same, and every number be wrong.
 */
final class ClassFit {
  private static final Pattern SYNSET = Pattern.compile("(n\\d{8})\\b.*");

  private ClassFit() {}

  /** As {@link #require(String, Dataset, String, ModelConfig)}, of the pictures of --data. */
  static void require(Dataset pictures, String model, ModelConfig config) {
    require("--data", pictures, model, config);
  }

  /**
   * Refuses pictures of other classes than a model was trained on, where both are known.
   *
   * @param data the option that names the pictures
   * @param model the option that names the model, with its value
   */
  static void require(String data, Dataset pictures, String model, ModelConfig config) {
    List<String> found = pictures.classes();
    List<String> expected = config.classNames();
    if (found.isEmpty() || expected.isEmpty()) {
      requireEnough(data, pictures, model, config.architecture());
      return;
    }
    if (found.size() != expected.size()) {
      throw new InputException(
          "%s: pictures of %d classes, but %s was trained on %d: choose pictures of the same classes"
              .formatted(data, found.size(), model, expected.size()));
    }
    if (areNumbers(found) || areNumbers(expected)) {
      return;
    }
    for (int i = 0; i < found.size(); i++) {
      if (!identifier(found.get(i)).equals(identifier(expected.get(i)))) {
        throw new InputException(
            "%s: class %d is '%s', but '%s' in what %s was trained on: choose pictures of the same classes"
                .formatted(data, i, found.get(i), expected.get(i), model));
      }
    }
  }

  /** Refuses pictures of more classes than a model of unknown ones has. */
  static void requireEnough(
      String data, Dataset pictures, String model, Architecture architecture) {
    if (pictures.classes().size() > architecture.classes()) {
      throw new InputException(
          "%s: pictures of %d classes, but %s tells only %d apart: choose others, or --classes if its weights have more"
              .formatted(data, pictures.classes().size(), model, architecture.classes()));
    }
  }

  /** Refuses to train a model for another number of classes than the pictures have. */
  static void requireSame(Dataset pictures, String model, Architecture architecture) {
    int found = pictures.classes().size();
    if (found == 0) {
      throw new InputException(
          "--data: nothing to learn from, as the pictures' classes are not known");
    }
    if (found != architecture.classes()) {
      throw new InputException(
          "--data: pictures of %d classes, but %s would tell %d apart: give --classes %d"
              .formatted(found, model, architecture.classes(), found));
    }
  }

  /** Whether nobody gave the classes names. */
  private static boolean areNumbers(List<String> names) {
    return IntStream.range(0, names.size()).allMatch(i -> names.get(i).equals(Integer.toString(i)));
  }

  /** ImageNet's classes have an id, and more words or fewer behind it by the list at hand. */
  private static String identifier(String name) {
    Matcher synset = SYNSET.matcher(name);
    return synset.matches() ? synset.group(1) : name;
  }
}
