package org.wardlock.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntFunction;
import org.wardlock.data.Batch;
import org.wardlock.data.BatchLoader;
import org.wardlock.data.BatchStream;
import org.wardlock.nn.Classifier;
import org.wardlock.nn.Pixels;
import org.wardlock.nn.evaluate.EvaluatedPicture;
import org.wardlock.tensor.NoGrad;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Tensor.TopK;

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

  /** Asks about the first picture of a loader. */
  static LikelyClasses ofFirst(
      BatchLoader loader, Classifier classifier, IntFunction<String> names) {
    try (BatchStream batches = loader.epoch(0);
        NoGrad _ = NoGrad.enter();
        Scope _ = Scope.open("picture")) {
      Batch batch = batches.next();
      int count = Math.min(EvaluatedPicture.NAMED, classifier.classes());
      TopK best = classifier.logits(Pixels.of(classifier.device(), batch)).softmax().topK(count);
      float[] probabilities = best.values().toFloats();
      int[] numbers = best.indices().toInts();
      var classes = new ArrayList<Likely>();
      for (int i = 0; i < count; i++) {
        classes.add(new Likely(numbers[i], names.apply(numbers[i]), probabilities[i]));
      }
      return new LikelyClasses(List.copyOf(classes));
    }
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
