package org.wardlock.nn.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.wardlock.nn.files.FormatException;
import org.wardlock.nn.files.JsonFile;

/**
 * Where a run is, apart from its tensors.
 *
 * @param step how many steps are done
 * @param epoch that is under way, from 0
 * @param batch how many batches of it are done
 * @param sums what it has come to so far
 * @param history the epochs before it
 */
record TrainingState(long step, int epoch, int batch, EpochSums sums, List<EpochMetrics> history) {
  static final TrainingState START = new TrainingState(0, 0, 0, EpochSums.NONE, List.of());

  TrainingState {
    history = List.copyOf(history);
  }

  /** One more batch is done. */
  TrainingState stepped() {
    return new TrainingState(step + 1, epoch, batch + 1, sums, history);
  }

  /** The same with the sums as they are now. */
  TrainingState with(EpochSums sums) {
    return new TrainingState(step, epoch, batch, sums, history);
  }

  /** The epoch is over. */
  TrainingState next(EpochMetrics metrics) {
    var longer = new ArrayList<>(history);
    longer.add(metrics);
    return new TrainingState(step, epoch + 1, 0, EpochSums.NONE, longer);
  }

  /** The epoch with the best validation accuracy so far, the earliest among equals. */
  Optional<EpochMetrics> best() {
    EpochMetrics best = null;
    for (EpochMetrics metrics : history) {
      if (metrics.valTop1().isPresent()
          && (best == null || metrics.valTop1().getAsDouble() > best.valTop1().getAsDouble())) {
        best = metrics;
      }
    }
    return Optional.ofNullable(best);
  }

  Map<String, Object> toJson() {
    var json = new LinkedHashMap<String, Object>();
    json.put("step", step);
    json.put("epoch", epoch);
    json.put("batch", batch);
    json.put("sums", sums.toJson());
    best().ifPresent(metrics -> json.put("best", metrics.toJson()));
    json.put("history", history.stream().map(EpochMetrics::toJson).toList());
    return json;
  }

  static TrainingState fromJson(JsonFile json) throws FormatException {
    var history = new ArrayList<EpochMetrics>();
    for (JsonFile epoch : json.objects("history")) {
      history.add(EpochMetrics.fromJson(epoch));
    }
    return new TrainingState(
        json.integer("step"),
        json.integer("epoch", 0, Integer.MAX_VALUE),
        json.integer("batch", 0, Integer.MAX_VALUE),
        EpochSums.fromJson(json.object("sums")),
        history);
  }
}
