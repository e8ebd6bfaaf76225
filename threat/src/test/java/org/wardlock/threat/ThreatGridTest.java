package org.wardlock.threat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardlock.attacks.Pictures;
import org.wardlock.attacks.evaluation.PictureSource;
import org.wardlock.attacks.evaluation.RecordFolder;
import org.wardlock.defense.Key;
import org.wardlock.defense.KeyedClassifier;
import org.wardlock.defense.TransformKind;
import org.wardlock.nn.Classifier;
import org.wardlock.nn.files.FormatException;
import org.wardlock.tensor.Scope;

/** Records, resumption, batches and gaps of the grid. */
class ThreatGridTest {
  private static final int COUNT = 10;

  @TempDir Path folder;
  private Scope scope;
  private Key key;
  private Key other;
  private Classifier model;
  private Classifier base;
  private KeyedClassifier service;
  private KeyedClassifier surrogate;
  private Pictures pictures;

  @BeforeEach
  void plant() {
    scope = Scope.open("test");
    key = Planted.key(4, TransformKind.SHUFFLE);
    other = Planted.key(key.spec(), 8);
    model = Planted.network(1);
    base = Planted.network(2);
    service = KeyedClassifier.of(model, key);
    surrogate = KeyedClassifier.of(model, other);
    pictures = Planted.pictures(service, COUNT, 5);
  }

  @AfterEach
  void uproot() {
    surrogate.close();
    service.close();
    other.close();
    key.close();
    scope.close();
  }

  private ThreatGrid grid(int batch, PictureSource source, Set<String> words) {
    ThreatSetting setting =
        Planted.withBase(
            Planted.setting(service, Optional.of(key.spec()), model, pictures, batch), base);
    Means means =
        Planted.means(
            Optional.of(new Means.Held(Surrogate.of(surrogate), "planted")), Optional.empty());
    List<Row> rows = GridRows.choose(GridRows.of(setting, means), words);
    return new ThreatGrid(setting, rows, source, Map.of("key", key.id().text()));
  }

  private static String records(Path run, String row) throws IOException {
    Path file = run.resolve(ThreatGrid.ROWS).resolve(row).resolve(RecordFolder.RECORDS);
    return Files.readString(file);
  }

  @Test
  void batchesChangeNoRecord() throws IOException {
    Set<String> words = Set.of("A", "B", "C", "E");
    grid(COUNT, Planted.source(pictures), words).run(folder.resolve("whole"));
    grid(3, Planted.source(pictures), words).run(folder.resolve("parts"));
    for (String row : List.of("a-transfer", "a-mimicry", "b-square", "c-labels", "e-own-key")) {
      assertEquals(
          records(folder.resolve("whole"), row), records(folder.resolve("parts"), row), row);
    }
  }

  /** Pictures that can be read only so often. */
  private record Failing(PictureSource whole, int[] left) implements PictureSource {
    @Override
    public int count() {
      return whole.count();
    }

    @Override
    public Pictures pictures(int start, int end) throws IOException {
      if (left[0]-- == 0) {
        throw new IOException("the disk is gone");
      }
      return whole.pictures(start, end);
    }
  }

  @Test
  void aRunThatBrokeOffGoesOnToTheSameRecords() throws IOException {
    Set<String> words = Set.of("A", "B");
    Path undisturbed = folder.resolve("undisturbed");
    ThreatReport expected = grid(COUNT, Planted.source(pictures), words).run(undisturbed);
    Path broken = folder.resolve("broken");
    for (int readable = 0; readable < 3; readable++) {
      PictureSource failing = new Failing(Planted.source(pictures), new int[] {readable});
      ThreatGrid grid = grid(2 + readable, failing, words);
      assertThrows(IOException.class, () -> grid.run(broken), "after " + readable);
    }
    ThreatReport found = grid(4, Planted.source(pictures), words).run(broken);
    for (String row : List.of("a-transfer", "b-square")) {
      assertEquals(records(undisturbed, row), records(broken, row), row);
    }
    assertEquals(expected.withoutKey(), found.withoutKey());
    assertEquals(expected.rows().getFirst().queries(), found.rows().getFirst().queries());
    assertEquals(expected.rows().getFirst().passes(), found.rows().getFirst().passes());
  }

  @Test
  void whatIsDoneIsReadAndNotDoneAgain() throws IOException {
    ThreatReport first = grid(COUNT, Planted.source(pictures), Set.of("B")).run(folder);
    PictureSource unreadable = new Failing(Planted.source(pictures), new int[] {0});
    ThreatReport again = grid(COUNT, unreadable, Set.of("B")).run(folder);
    assertEquals(first.rows(), again.rows());
  }

  @Test
  void anotherRunsRecordsAreRefused() throws IOException {
    grid(COUNT, Planted.source(pictures), Set.of("B")).run(folder);
    ThreatGrid grid = grid(COUNT, Planted.source(pictures), Set.of("B"));
    ThreatGrid changed =
        new ThreatGrid(grid.setting(), grid.rows(), grid.pictures(), Map.of("key", "another"));
    var problem = assertThrows(FormatException.class, () -> changed.run(folder));
    assertTrue(problem.getMessage().contains("key"), problem.getMessage());
  }

  @Test
  void everyRowThatIsNotRunSaysWhy() throws IOException {
    ThreatReport report = grid(COUNT, Planted.source(pictures), Set.of("B")).run(folder);
    for (RowResult row : report.rows()) {
      assertEquals(row.attacker() == Attacker.B, row.isRun(), row.name());
      assertFalse(!row.isRun() && row.absent().orElseThrow().isBlank(), row.name());
    }
    Set<Attacker> listed =
        report.rows().stream().map(RowResult::attacker).collect(Collectors.toSet());
    assertEquals(Set.of(Attacker.values()), listed, "a letter without a row");
  }

  @Test
  void anUnknownRowIsNamed() {
    var problem =
        assertThrows(
            IllegalArgumentException.class,
            () -> grid(1, Planted.source(pictures), Set.of("B", "Z")));
    assertTrue(problem.getMessage().contains("'Z'"), problem.getMessage());
  }

  @Test
  void theCostIsNeverLessThanTheWork() throws IOException {
    ThreatGrid grid = grid(COUNT, Planted.source(pictures), Set.of("A", "B", "C", "E"));
    ThreatReport report = grid.run(folder);
    long forward = 0;
    long backward = 0;
    for (RowResult row : report.rows()) {
      forward += row.passes().forward();
      backward += row.passes().backward();
    }
    assertTrue(forward <= grid.cost().forward(), forward + " forward passes");
    assertTrue(backward <= grid.cost().backward(), backward + " backward passes");
  }
}
