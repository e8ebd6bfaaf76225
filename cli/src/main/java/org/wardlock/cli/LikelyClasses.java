package org.wardlock.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntFunction;
import org.wardlock.nn.evaluate.EvaluatedPicture;

/**
 * What a model takes a picture for.
 *
 * @param classes the likeliest first: five, or all if there are fewer
 */
record LikelyClasses(List<Likely> classes) {
  /**
   * A class.
   *
   * @param name or the number, where nobody gave any names
   * @param probability that the model gives it, from 0 to 1
   */
  record Likely(int number, String name, double probability) {}

  /** What was said of a picture. */
  static LikelyClasses of(EvaluatedPicture picture, IntFunction<String> names) {
    var classes = new ArrayList<Likely>();
    for (int i = 0; i < picture.classes().size(); i++) {
      int number = picture.classes().get(i);
      classes.add(new Likely(number, names.apply(number), picture.probabilities().get(i)));
    }
    return new LikelyClasses(List.copyOf(classes));
  }

  List<String> lines() {
    return classes.stream()
        .map(
            likely ->
                String.format(
                    Locale.ROOT, "%6.2f %%  %s", 100 * likely.probability(), likely.name()))
        .toList();
  }

  List<Map<String, Object>> toJson() {
    return classes.stream()
        .map(
            likely ->
                new Answer()
                    .put("class", likely.number())
                    .put("name", likely.name())
                    .put("probability", likely.probability())
                    .values())
        .toList();
  }
}
