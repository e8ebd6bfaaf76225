package org.wardlock.threat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardlock.attacks.Loss;
import org.wardlock.attacks.Passes;
import org.wardlock.attacks.Pictures;
import org.wardlock.attacks.evaluation.Share;
import org.wardlock.attacks.extraction.Predictions;
import org.wardlock.attacks.gradient.Apgd;
import org.wardlock.defense.Derivation;
import org.wardlock.defense.Key;
import org.wardlock.defense.KeySpec;
import org.wardlock.defense.KeyTransform;
import org.wardlock.defense.KeyedClassifier;
import org.wardlock.defense.TransformKind;
import org.wardlock.nn.Classifier;
import org.wardlock.tensor.Scope;
import org.wardlock.threat.recovery.ExpectationOverKeys;
import org.wardlock.threat.recovery.GuessJudge;
import org.wardlock.threat.recovery.KeyEstimate;
import org.wardlock.threat.recovery.KeySearch;
import org.wardlock.threat.recovery.KeyTables;
import org.wardlock.threat.recovery.RandomGuesses;
import org.wardlock.threat.recovery.WrongKeys;

/** The attacker who has the weights: what guesses are worth, and what each row says of itself. */
class WeightRowsTest {
  private static final int COUNT = 8;

  @TempDir Path folder;
  private final Classifier model = Planted.network(1);
  private Scope scope;

  @BeforeEach
  void open() {
    scope = Scope.open("test");
  }

  @AfterEach
  void close() {
    scope.close();
  }

  /** Knows the answer, at a cost. */
  private record Oracular(KeyTables answer) implements KeySearch {
    @Override
    public String name() {
      return "oracular";
    }

    @Override
    public Passes cost(KeyTables start, int pictures) {
      return new Passes(pictures, 0);
    }

    @Override
    public KeyEstimate search(GuessJudge judge, KeyTables start) {
      return new KeyEstimate(answer, judge.score(answer), new Passes(judge.count(), 0));
    }

    @Override
    public String toString() {
      return name();
    }
  }

  private Map<String, RowResult> run(Key key, String out, Row... rows) throws IOException {
    try (KeyedClassifier service = KeyedClassifier.of(model, key)) {
      Pictures pictures = Planted.pictures(service, COUNT, 5);
      Pictures own = Planted.pictures(service, COUNT, 6);
      ThreatSetting setting = Planted.setting(service, Optional.of(key.spec()), model, own, COUNT);
      ThreatGrid grid = new ThreatGrid(setting, List.of(rows), Planted.source(pictures), Map.of());
      ThreatReport report = grid.run(folder.resolve(out));
      Map<String, RowResult> results = new HashMap<>();
      report.rows().forEach(row -> results.put(row.name(), row));
      for (Row row : rows) {
        if (results.get(row.name()).isRun()) {
          Passes atMost = row.cost(setting).of(COUNT);
          Passes taken = results.get(row.name()).passes();
          assertTrue(taken.forward() <= atMost.forward(), row.name() + " " + taken);
          assertTrue(taken.backward() <= atMost.backward(), row.name() + " " + taken);
        }
      }
      return results;
    }
  }

  @Test
  void whoFindsTheKeyAttacksAsWhoHasIt() throws IOException {
    try (Key key = Planted.key(4, TransformKind.SHUFFLE, TransformKind.NEGATE);
        KeyedClassifier known = KeyedClassifier.of(model, key)) {
      KeyTables truth = KeyTables.of(key, 3);
      Row found = new SearchRow("d-found", "planted", new Oracular(truth), 5);
      KeyTables nothing = KeyTables.identity(key.spec(), 3);
      Row missed = new SearchRow("d-missed", "planted", new Oracular(nothing), 5);
      Row having =
          new HeldModelRow("h-having", Attacker.H, "planted", Surrogate.of(known), "planted");
      Map<String, RowResult> rows = run(key, "found", found, missed, having);
      assertEquals(rows.get("h-having").pictures(), rows.get("d-found").pictures());
      assertTrue(rows.get("d-found").robust().value() < 1, "nothing broke");
      assertEquals("1.0000", rows.get("d-found").findings().get("accuracy behind the guess"));
      assertEquals("1.0000", rows.get("d-found").findings().get(ThreatGrid.OPENED));
      Pictures evaluated = Planted.pictures(known, COUNT, 5);
      Share unkeyed = Predictions.of(model, Planted.source(evaluated), COUNT).right();
      assertTrue(unkeyed.value() < 1, "the key does nothing");
      assertEquals(
          Guesses.number(unkeyed.value()), rows.get("d-missed").findings().get(ThreatGrid.OPENED));
      assertFalse(rows.get("h-having").findings().containsKey(ThreatGrid.OPENED));
      assertEquals(
          rows.get("h-having").passes().plus(new Passes(5, 0)), rows.get("d-found").passes());
    }
  }

  @Test
  void guessesAreCountedAndNeverShown() throws IOException {
    try (Key key = Planted.key(4, TransformKind.SHUFFLE)) {
      Apgd apgd = new Apgd(Loss.CROSS_ENTROPY).iterations(5);
      Row wrong = new RandomKeysRow("d-wrong", "planted", 2, all -> new WrongKeys(apgd, all));
      Row mean =
          new RandomKeysRow("d-mean", "planted", 3, all -> new ExpectationOverKeys(apgd, all));
      Row best = new SearchRow("d-best", "planted", new RandomGuesses(4, 1), COUNT);
      Map<String, RowResult> rows = run(key, "guesses", wrong, mean, best);
      rows.values().forEach(row -> assertTrue(row.isRun(), row.name()));
      assertTrue(rows.get("d-best").passes().forward() >= 4 * COUNT);
      double accuracy =
          Double.parseDouble(rows.get("d-best").findings().get("accuracy behind the guess"));
      assertTrue(accuracy >= 0 && accuracy <= 1);
    }
  }

  /** Four pictures, one a class, which a model behind a key knows and nothing else. */
  @Test
  void aPublishedSeedIsFound() throws IOException {
    Pictures four = Planted.pictures(model, 4, 5);
    Pictures templates = Pictures.of(four.images(), 0, 1, 2, 3);
    for (TransformKind kind : List.of(TransformKind.SHUFFLE, TransformKind.FFX)) {
      KeySpec spec = KeySpec.published(Derivation.PUBLISHED_2010_00801, 4, kind);
      try (Key key = Key.published(spec, 1234);
          KeyTransform transform = KeyTransform.of(key, Planted.IMAGE, Planted.DEVICE)) {
        Classifier planted = Planted.matching(Planted.values(transform.apply(templates.images())));
        try (KeyedClassifier service = KeyedClassifier.of(planted, key);
            BehindKey known = new BehindKey(planted, key)) {
          ThreatSetting setting =
              Planted.setting(service, Optional.of(spec), planted, templates, 4);
          Row seeds = new SeedRow(60, 4);
          Row having =
              new HeldModelRow("h-having", Attacker.H, "planted", known.surrogate(), "planted");
          List<RowResult> rows =
              new ThreatGrid(setting, List.of(seeds, having), Planted.source(templates), Map.of())
                  .run(folder.resolve(kind.text()))
                  .rows();
          assertEquals(1, new ThreatReport(rows, true).clean().value(), kind + " is not planted");
          assertEquals(rows.get(1).pictures(), rows.get(0).pictures(), kind + "");
          assertEquals("60", rows.get(0).findings().get("seeds tried"));
        }
      }
    }
  }

  @Test
  void whatHasNoSenseSaysWhy() throws IOException {
    try (Key key = Planted.key(4, TransformKind.FFX);
        KeyedClassifier service = KeyedClassifier.of(model, key)) {
      Pictures pictures = Planted.pictures(service, 2, 5);
      ThreatSetting setting = Planted.setting(service, Optional.of(key.spec()), model, pictures, 2);
      Map<String, String> obstacles = new HashMap<>();
      for (Row row : WeightRows.of(setting)) {
        row.obstacle(setting).ifPresent(why -> obstacles.put(row.name(), why));
      }
      assertFalse(obstacles.containsKey("d-wrong-keys"), "wrong keys are always there");
      assertTrue(obstacles.get("d-seeds").contains("secure"), obstacles.toString());
      assertTrue(obstacles.get("d-swap-loss").contains("ffx"), obstacles.toString());
      assertTrue(obstacles.containsKey("d-weight-match"), obstacles.toString());
      assertTrue(obstacles.get("d-column-likeness").contains("ffx"), obstacles.toString());
      ThreatSetting plain = Planted.setting(model, Optional.empty(), model, pictures, 2);
      for (Row row : WeightRows.of(plain)) {
        assertEquals(Optional.of("the model has no key"), row.obstacle(plain), row.name());
      }
    }
  }
}
