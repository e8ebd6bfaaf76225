package org.wardlock.nn.train;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;
import org.wardlock.nn.files.FormatException;
import org.wardlock.nn.files.JsonFile;

/**
 * What an epoch came to.
 *
 * @param epoch from 1
 * @param loss mean over the pictures trained on, each under the weights of its step
 * @param trainTop1 part of them classified rightly in passing, from 0 to 1
 * @param valTop1 part of the validation pictures classified rightly afterwards, if there are any
 * @param imagesPerSecond throughput of training, evaluation and checkpoints left out
 * @param waitingForData part of that time in which training waited for pictures, from 0 to 1
 */
public record EpochMetrics(
    int epoch,
    double loss,
    double trainTop1,
    OptionalDouble valTop1,
    double imagesPerSecond,
    double waitingForData) {
  /** The values by the names they have in files. */
  public Map<String, Object> toJson() {
    var json = new LinkedHashMap<String, Object>();
    json.put("epoch", epoch);
    json.put("loss", loss);
    json.put("train_top1", trainTop1);
    valTop1.ifPresent(value -> json.put("val_top1", value));
    json.put("images_per_second", imagesPerSecond);
    json.put("waiting_for_data", waitingForData);
    return json;
  }

  static EpochMetrics fromJson(JsonFile json) throws FormatException {
    return new EpochMetrics(
        json.integer("epoch", 1, Integer.MAX_VALUE),
        json.number("loss"),
        json.number("train_top1"),
        json.has("val_top1") ? OptionalDouble.of(json.number("val_top1")) : OptionalDouble.empty(),
        json.number("images_per_second"),
        // states of runs that were begun before this was measured do without
        json.has("waiting_for_data") ? json.number("waiting_for_data") : 0);
  }
}
