package org.wardlock.nn.train;

import java.util.LinkedHashMap;
import java.util.Map;
import org.wardlock.nn.files.FormatException;
import org.wardlock.nn.files.JsonFile;

/**
 * What an epoch has come to so far, as far as it has been read back from the device.
 *
 * @param images trained on
 * @param lossSum over them
 * @param correct how many were classified rightly
 * @param pendingLoss sum that is still on the device, as it lies there
 * @param pendingCorrect likewise
 */
record EpochSums(
    long images, double lossSum, double correct, float pendingLoss, float pendingCorrect) {
  static final EpochSums NONE = new EpochSums(0, 0, 0, 0, 0);

  double loss() {
    return (lossSum + pendingLoss) / images;
  }

  double top1() {
    return (correct + pendingCorrect) / images;
  }

  Map<String, Object> toJson() {
    var json = new LinkedHashMap<String, Object>();
    json.put("images", images);
    json.put("loss", lossSum);
    json.put("correct", correct);
    json.put("pending_loss", pendingLoss);
    json.put("pending_correct", pendingCorrect);
    return json;
  }

  static EpochSums fromJson(JsonFile json) throws FormatException {
    return new EpochSums(
        json.integer("images"),
        json.number("loss"),
        json.number("correct"),
        (float) json.number("pending_loss"),
        (float) json.number("pending_correct"));
  }
}
