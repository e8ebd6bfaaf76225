package org.wardlock.cli;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.wardlock.defense.ExperimentKeys;
import org.wardlock.defense.Key;
import org.wardlock.defense.KeySpec;
import org.wardlock.defense.KeyedClassifier;
import org.wardlock.nn.Classifier;
import org.wardlock.nn.evaluate.Evaluator;

/**
 * What a keyed model is worth under keys that are not its own.
 *
 * @param top1 the accuracies under each of the keys, as parts of 1
 */
record WrongKeys(MeanInterval top1) {
  static WrongKeys measure(
      Classifier model, KeySpec spec, Evaluator evaluator, int count, long seed) {
    double[] top1 = new double[count];
    int measured = 0;
    try (Progress progress = Progress.of("wrong keys", count)) {
      for (Key key : ExperimentKeys.draw(spec, count, seed)) {
        try (key;
            KeyedClassifier classifier = KeyedClassifier.of(model, key)) {
          top1[measured++] = evaluator.evaluate(classifier).top1();
        }
        progress.step();
      }
    }
    return new WrongKeys(MeanInterval.of(top1).ofShares());
  }

  String line() {
    return String.format(
        Locale.ROOT,
        "under %d wrong keys: top-1 mean %.2f %% (95 %%: %.2f to %.2f), min %.2f %%, max %.2f %%",
        top1.count(),
        100 * top1.mean(),
        100 * top1.low(),
        100 * top1.high(),
        100 * top1.min(),
        100 * top1.max());
  }

  Map<String, Object> toJson() {
    var json = new LinkedHashMap<String, Object>();
    json.put("keys", top1.count());
    json.put("mean", top1.mean());
    json.put("min", top1.min());
    json.put("max", top1.max());
    json.put("interval", new double[] {top1.low(), top1.high()});
    return json;
  }
}
