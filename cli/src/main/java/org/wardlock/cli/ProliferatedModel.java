package org.wardlock.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.wardlock.nn.files.FormatException;
import org.wardlock.nn.files.JsonFile;
import org.wardlock.nn.model.Adapter;
import org.wardlock.nn.train.EpochMetrics;

/**
 * One of several keyed models of one base.
 *
 * @param keyId of its key
 * @param valTop1 accuracy with the key of the adapter as it is stored, from 0 to 1
 * @param bytes of its adapter
 * @param seconds that its steps took, those before a resumption included, validation apart
 */
record ProliferatedModel(String keyId, double valTop1, long bytes, double seconds) {
  /** Where it is written down in the model's folder, when all is done. */
  static final String FILE = "proliferated.json";

  private static final int FORMAT = 2;

  /**
   * What a finished training came to.
   *
   * @param adapter that it left
   * @param top1 accuracy of this, with its key
   * @param pictures of an epoch
   */
  static ProliferatedModel of(
      Adapter adapter, double top1, List<EpochMetrics> epochs, long pictures) throws IOException {
    double seconds =
        epochs.stream()
            .mapToDouble(EpochMetrics::imagesPerSecond)
            .filter(rate -> rate > 0)
            .map(rate -> pictures / rate)
            .sum();
    return new ProliferatedModel(
        adapter.config().keyId().orElseThrow(), top1, adapter.bytes(), seconds);
  }

  /** The model in a folder, if it is finished there. */
  static ProliferatedModel read(Path folder) throws FormatException {
    JsonFile json = JsonFile.read(folder.resolve(FILE), FORMAT);
    return new ProliferatedModel(
        json.text("key_id"),
        json.number("val_top1"),
        json.integer("bytes"),
        json.number("seconds"));
  }

  void write(Path folder) throws IOException {
    var json = new LinkedHashMap<String, Object>();
    json.put("format", FORMAT);
    json.putAll(toJson());
    JsonFile.replace(folder.resolve(FILE), json);
  }

  Map<String, Object> toJson() {
    var json = new LinkedHashMap<String, Object>();
    json.put("key_id", keyId);
    json.put("val_top1", valTop1);
    json.put("bytes", bytes);
    json.put("seconds", seconds);
    return json;
  }
}
