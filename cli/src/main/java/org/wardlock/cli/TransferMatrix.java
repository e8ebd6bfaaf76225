package org.wardlock.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.wardlock.attacks.Attack;
import org.wardlock.attacks.AttackResult;
import org.wardlock.attacks.Effort;
import org.wardlock.attacks.Oracle;
import org.wardlock.attacks.PictureOutcome;
import org.wardlock.attacks.Pictures;
import org.wardlock.attacks.ReadyMade;
import org.wardlock.attacks.Task;
import org.wardlock.attacks.Threat;
import org.wardlock.attacks.evaluation.PictureSource;
import org.wardlock.defense.KeyedClassifier;
import org.wardlock.nn.files.FormatException;
import org.wardlock.nn.files.JsonFile;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Tensor;

/**
 * How adversarial pictures made on one model, with its key, carry over to others. A file keeps the
 * rows that are done; a row is a function of the models, the pictures and the seed.
 *
 * @param file where rows are kept
 * @param pictures that are attacked
 * @param digest tells the pictures from others
 * @param attack which goes on to the end on the model that it knows
 */
record TransferMatrix(
    Path file, PictureSource pictures, String digest, Attack attack, Threat threat, long seed) {
  private static final int FORMAT = 1;

  /** Pictures at a time; changes no result. */
  private static final int BATCH = 32;

  /**
   * The pictures made on one model.
   *
   * @param clean the share of the pictures that this model takes rightly, from 0 to 1
   * @param standing by the model that they are shown to: the share that it takes rightly before and
   *     after
   */
  record Row(double clean, List<Double> standing) {
    private Map<String, Object> toJson() {
      var json = new LinkedHashMap<String, Object>();
      json.put("clean", clean);
      json.put("standing", standing);
      return json;
    }
  }

  /**
   * The rows that are done.
   *
   * @throws FormatException if the file is damaged, or of other pictures
   */
  List<Row> done() throws FormatException {
    var rows = new ArrayList<Row>();
    if (Files.exists(file)) {
      JsonFile json = JsonFile.read(file, FORMAT);
      if (!json.text("pictures").equals(digest)) {
        throw new FormatException(
            file,
            "rows of pictures of digest %s, but --data has %s now: resume with the same"
                .formatted(json.text("pictures"), digest));
      }
      for (JsonFile row : json.objects("rows")) {
        rows.add(new Row(row.number("clean"), row.numbers("standing")));
      }
    }
    return rows;
  }

  /**
   * Adds a row.
   *
   * @param before the rows that are done
   * @param models all of them; the next to be attacked has the number of those rows
   * @return all rows; those before alone, if told to stop
   */
  List<Row> next(List<Row> before, List<KeyedClassifier> models, BooleanSupplier stop)
      throws IOException {
    int made = before.size();
    var rows = new ArrayList<>(before);
    long clean = 0;
    long[] standing = new long[models.size()];
    try (Progress progress = Progress.of("model " + made, pictures.count())) {
      for (int start = 0; start < pictures.count(); start += BATCH) {
        if (stop.getAsBoolean()) {
          return before;
        }
        try (Scope _ = Scope.open("transfer")) {
          Pictures batch = pictures.pictures(start, Math.min(start + BATCH, pictures.count()));
          Attack shown = make(models.get(made), batch);
          for (int to = 0; to < standing.length; to++) {
            AttackResult result = shown.run(models.get(to), batch, threat, seed);
            standing[to] += result.pictures().stream().filter(PictureOutcome::isRobust).count();
            if (to == made) {
              clean += result.pictures().stream().filter(PictureOutcome::isCleanRight).count();
            }
          }
        }
        progress.moveTo(Math.min(start + BATCH, pictures.count()), "");
      }
    }
    double count = pictures.count();
    rows.add(
        new Row(clean / count, Arrays.stream(standing).mapToObj(each -> each / count).toList()));
    var json = new LinkedHashMap<String, Object>();
    json.put("format", FORMAT);
    json.put("pictures", digest);
    json.put("rows", rows.stream().map(Row::toJson).toList());
    JsonFile.replace(file, json);
    return rows;
  }

  private Attack make(KeyedClassifier known, Pictures batch) {
    List<Long> ids = Arrays.stream(batch.ids()).boxed().toList();
    return new ReadyMade(adversarial(known, batch), ids);
  }

  private Tensor adversarial(KeyedClassifier known, Pictures batch) {
    var task = new Task(batch, threat, seed, Effort.TO_THE_END);
    if (known.isDifferentiable()) {
      return attack.search(Oracle.of(known, batch), task).images();
    }
    try (KeyedClassifier withGradients = known.withIdentityGradient()) {
      return attack.search(Oracle.of(withGradients, batch), task).images();
    }
  }
}
