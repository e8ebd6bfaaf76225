package org.wardlock.cli;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.wardlock.attacks.Threat;
import org.wardlock.nn.model.FineTuning;

/**
 * What proliferation came to.
 *
 * @param counts what each model trains of what
 * @param baseBytes of the file of weights that all begin with
 * @param models in order
 * @param threat within which pictures were changed
 * @param pictures that were attacked
 * @param rows by the model that pictures were made on, in order
 */
record ProliferationReport(
    FineTuning.Counts counts,
    long baseBytes,
    List<ProliferatedModel> models,
    Threat threat,
    int pictures,
    List<TransferMatrix.Row> rows) {
  /** More columns than this fit no screen. */
  private static final int MOST_COLUMNS = 16;

  Answer answer() {
    Answer answer =
        new Answer()
            .put("trainable_parameters", counts.trainable())
            .put("total_parameters", counts.total())
            .put("base_bytes", baseBytes)
            .put("models", models.stream().map(this::json).toList())
            .put("threat", threat.toString())
            .put("images", pictures)
            .put("clean", rows.stream().map(TransferMatrix.Row::clean).toList())
            .put("transfer", rows.stream().map(TransferMatrix.Row::standing).toList())
            .put("white_box", mean(true));
    return rows.size() > 1 ? answer.put("carried_over", mean(false)) : answer;
  }

  private Map<String, Object> json(ProliferatedModel model) {
    var json = new LinkedHashMap<>(model.toJson());
    json.put("of_base", ofBase(model));
    return json;
  }

  private double ofBase(ProliferatedModel model) {
    return (double) model.bytes() / baseBytes;
  }

  /** The mean share that stands, of pictures made on the model itself or on others. */
  private double mean(boolean own) {
    return IntStream.range(0, rows.size())
        .mapToObj(
            made ->
                IntStream.range(0, rows.size())
                    .filter(shown -> own == (made == shown))
                    .mapToDouble(rows.get(made).standing()::get))
        .flatMapToDouble(row -> row)
        .average()
        .orElse(0);
  }

  void print(PrintWriter out) {
    out.printf(
        Locale.ROOT,
        "%,d of %,d parameters trained for each key; base of %,d bytes%n",
        counts.trainable(),
        counts.total(),
        baseBytes);
    out.printf("%-5s  %-49s  %10s  %12s  %8s  %9s%n", heading());
    for (int i = 0; i < models.size(); i++) {
      ProliferatedModel model = models.get(i);
      out.printf(
          Locale.ROOT,
          "%-5d  %-49s  %8.2f %%  %,12d  %6.2f %%  %9.1f%n",
          i,
          model.keyId(),
          100 * model.valTop1(),
          model.bytes(),
          100 * ofBase(model),
          model.seconds());
    }
    out.printf(
        "per cent of %d pictures that still stand (%s): made on the row's model, shown to the column's%n",
        pictures, threat);
    if (rows.size() <= MOST_COLUMNS) {
      printMatrix(out);
    }
    out.printf(Locale.ROOT, "on average %.2f %% with a model's own key", 100 * mean(true));
    if (rows.size() > 1) {
      out.printf(Locale.ROOT, ", %.2f %% carried over from other keys", 100 * mean(false));
    }
    out.println();
    out.flush();
  }

  private static Object[] heading() {
    return new Object[] {"model", "key", "validation", "bytes", "of base", "seconds"};
  }

  private void printMatrix(PrintWriter out) {
    out.printf("%-5s  %7s ", "model", "clean");
    IntStream.range(0, rows.size()).forEach(shown -> out.printf(" %6d", shown));
    out.println();
    for (int made = 0; made < rows.size(); made++) {
      TransferMatrix.Row row = rows.get(made);
      out.printf(Locale.ROOT, "%-5d  %7.2f ", made, 100 * row.clean());
      row.standing().forEach(share -> out.printf(Locale.ROOT, " %6.2f", 100 * share));
      out.println();
    }
  }
}
