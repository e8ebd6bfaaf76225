package org.wardlock.threat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardlock.attacks.Pictures;
import org.wardlock.attacks.evaluation.PictureSource;
import org.wardlock.attacks.evaluation.RecordFolder;
import org.wardlock.attacks.extraction.Extraction;
import org.wardlock.data.Augmentation;
import org.wardlock.data.Batch;
import org.wardlock.data.BatchLoader;
import org.wardlock.data.BatchStream;
import org.wardlock.data.Dataset;
import org.wardlock.data.Selection;
import org.wardlock.data.Split;
import org.wardlock.data.source.DataSource;
import org.wardlock.defense.Key;
import org.wardlock.defense.KeyedClassifier;
import org.wardlock.defense.TransformKind;
import org.wardlock.nn.Pixels;
import org.wardlock.nn.model.Architecture;
import org.wardlock.nn.model.ImageClassifier;
import org.wardlock.nn.model.Network;
import org.wardlock.tensor.Scope;

/** Rows whose attackers train: a model behind an own key, copies of the service. */
class TrainedRowsTest {
  private static final int SIDE = 16;
  private static final int POOL = 40;
  private static final int ATTACKED = 6;
  private static final List<String> TRAINED = List.of("e-own-key", "g-knockoff", "g-copycat");
  private static final Architecture ARCHITECTURE =
      Architecture.named("convmixer-8-1-k3-p4").withImageSize(SIDE).withClasses(10);

  @TempDir Path folder;

  private static Dataset shapes(Split split, int count) {
    return DataSource.parse("shapes:" + SIDE).open(split, Selection.limit(count, 0));
  }

  private record Source(Dataset dataset) implements PictureSource {
    @Override
    public int count() {
      return dataset.size();
    }

    @Override
    public Pictures pictures(int start, int end) {
      BatchLoader loader =
          BatchLoader.builder(dataset.slice(start, end)).batchSize(end - start).build();
      try (BatchStream batches = loader.epoch(0)) {
        Batch batch = batches.next();
        return Pictures.of(Pixels.of(Planted.DEVICE, batch), batch.labels()).withIds(batch.ids());
      }
    }
  }

  private static ThreatReport run(Path out, Key key, int batch) throws IOException {
    try (Scope _ = Scope.open("test");
        ImageClassifier model =
            ImageClassifier.copyOf(Network.initial(ARCHITECTURE, Planted.DEVICE, 1));
        KeyedClassifier service = KeyedClassifier.of(model, key);
        BehindKey known = new BehindKey(model, key)) {
      PictureSource pictures = new Source(shapes(Split.VAL, ATTACKED));
      Pictures own = new Source(shapes(Split.TRAIN, 4)).pictures(0, 4);
      ThreatSetting setting = Planted.setting(service, Optional.of(key.spec()), model, own, batch);
      var recipe = new Extraction.Recipe(2, 20, 0.01, 0.01, Augmentation.NONE);
      Means means =
          new Means(
              Optional.empty(),
              Optional.empty(),
              Optional.of(out.resolve("own-key")),
              Optional.empty(),
              service.isDifferentiable() ? Optional.empty() : Optional.of(known.surrogate()),
              Optional.of(
                  new Means.Pool(
                      shapes(Split.TRAIN, POOL), recipe, pictures, out.resolve("copies"))),
              10,
              10);
      List<Row> rows =
          GridRows.of(setting, means).stream().filter(row -> TRAINED.contains(row.name())).toList();
      return new ThreatGrid(setting, rows, pictures, Map.of("key", key.id().text())).run(out);
    }
  }

  private static Map<String, RowResult> byName(ThreatReport report) {
    Map<String, RowResult> rows = new HashMap<>();
    report.rows().forEach(row -> rows.put(row.name(), row));
    return rows;
  }

  @Test
  void whatIsTrainedIsAFunctionOfTheSeed() throws IOException {
    for (TransformKind kind : List.of(TransformKind.SHUFFLE, TransformKind.FFX)) {
      try (Key key = Planted.key(4, kind)) {
        Path first = folder.resolve(kind + "-first");
        Path second = folder.resolve(kind + "-second");
        Map<String, RowResult> rows = byName(run(first, key, ATTACKED));
        run(second, key, 4);
        for (String name : TRAINED) {
          assertTrue(rows.get(name).isRun(), name);
          Path records = Path.of(ThreatGrid.ROWS, name, RecordFolder.RECORDS);
          assertEquals(
              Files.readString(first.resolve(records)),
              Files.readString(second.resolve(records)),
              kind + " " + name);
        }
        for (String copy : List.of("g-knockoff", "g-copycat")) {
          RowResult row = rows.get(copy);
          assertEquals("40", row.findings().get("queries of the extraction"));
          double fidelity = Double.parseDouble(row.findings().get("fidelity"));
          assertTrue(fidelity >= 0 && fidelity <= 1, copy);
          long attacks = row.pictures().stream().mapToLong(one -> one.queries()).sum();
          assertEquals(POOL + attacks, row.queries(), copy);
        }
        assertTrue(rows.get("e-own-key").passes().backward() >= 2 * POOL, "training counts");
      }
    }
  }

  @Test
  void aDoneRowIsNotTrainedAgain() throws IOException {
    try (Key key = Planted.key(4, TransformKind.SHUFFLE)) {
      ThreatReport first = run(folder, key, ATTACKED);
      ThreatReport again = run(folder, key, ATTACKED);
      // seconds too: nothing was timed again
      assertEquals(first.rows(), again.rows());
    }
  }
}
