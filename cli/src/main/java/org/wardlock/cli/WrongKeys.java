package org.wardlock.cli;

import java.util.DoubleSummaryStatistics;
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
record WrongKeys(DoubleSummaryStatistics top1) {
  static WrongKeys measure(
      Classifier model, KeySpec spec, Evaluator evaluator, int count, long seed) {
    var top1 = new DoubleSummaryStatistics();
    try (Progress progress = Progress.of("wrong keys", count)) {
      for (Key key : ExperimentKeys.draw(spec, count, seed)) {
        try (key;
            KeyedClassifier classifier = KeyedClassifier.of(model, key)) {
          top1.accept(evaluator.evaluate(classifier).top1());
        }
        progress.step();
      }
    }
    return new WrongKeys(top1);
  }

  String line() {
    return String.format(
        Locale.ROOT,
        "under %d wrong keys: top-1 mean %.2f %%, min %.2f %%, max %.2f %%",
        top1.getCount(),
        100 * top1.getAverage(),
        100 * top1.getMin(),
        100 * top1.getMax());
  }

  Map<String, Object> toJson() {
    var json = new LinkedHashMap<String, Object>();
    json.put("keys", top1.getCount());
    json.put("mean", top1.getAverage());
    json.put("min", top1.getMin());
    json.put("max", top1.getMax());
    return json;
  }
}
