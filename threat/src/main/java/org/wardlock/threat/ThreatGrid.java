package org.wardlock.threat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.wardlock.attacks.AttackResult;
import org.wardlock.attacks.Passes;
import org.wardlock.attacks.evaluation.AttackReport;
import org.wardlock.attacks.evaluation.AttackRun;
import org.wardlock.attacks.evaluation.PictureSource;
import org.wardlock.attacks.evaluation.RecordFolder;
import org.wardlock.attacks.evaluation.RunListener;
import org.wardlock.attacks.extraction.Predictions;

/**
 * Every attacker, on the same pictures: which of them a keyed classifier withstands. Each row has
 * records in a folder of its own, so that a run that was killed goes on where it was, and ends with
 * the records of one that was not.
 *
 * @param setting what is attacked
 * @param rows in the order in which they are run, no two of one name
 * @param pictures that are attacked
 * @param identity what tells the models, the key and the pictures from others: a resumed run must
 *     agree in it
 */
public record ThreatGrid(
    ThreatSetting setting, List<Row> rows, PictureSource pictures, Map<String, String> identity) {
  /** Where the rows' folders are, below the run's. */
  public static final String ROWS = "rows";

  /** The finding that says how many of the grid's pictures a key that was found gets right. */
  static final String OPENED = "clean accuracy behind the key";

  /** Checks the rows' names. */
  public ThreatGrid {
    rows = List.copyOf(rows);
    identity = new TreeMap<>(identity);
    List<String> names = rows.stream().map(Row::name).toList();
    if (names.isEmpty() || names.size() != names.stream().distinct().count()) {
      throw new IllegalArgumentException(
          "threat grid: rows " + names + ", expected at least one and no name twice");
    }
  }

  /** The most work that the rows take together: pictures that break early cost less. */
  public Passes cost() {
    Passes sum = Passes.NONE;
    for (Row row : rows) {
      if (row.obstacle(setting).isEmpty()) {
        sum = sum.plus(row.cost(setting).of(pictures.count()));
      }
    }
    return sum;
  }

  /**
   * Runs every row that can be run and is not done yet.
   *
   * @param folder of the run; what it holds of this run already is kept
   * @throws IOException if pictures cannot be read or records not be written, or if the folder
   *     holds records of another run
   */
  public ThreatReport run(Path folder) throws IOException {
    List<RowResult> results = new ArrayList<>();
    for (Row row : rows) {
      RowResult result = run(row, folder.resolve(ROWS).resolve(row.name()));
      results.add(result);
      setting.listener().done(result);
    }
    return new ThreatReport(results, setting.service().isDeterministic());
  }

  private RowResult run(Row row, Path folder) throws IOException {
    Optional<String> obstacle = row.obstacle(setting);
    if (obstacle.isPresent()) {
      return RowResult.absent(row, obstacle.get());
    }
    try (RecordFolder records = RecordFolder.resume(folder, identity(row), Optional.empty())) {
      if (RowFile.exists(folder) && records.pictures().size() == pictures.count()) {
        return RowFile.read(folder, row, records.pictures());
      }
      setting.listener().starting(row, row.cost(setting).of(pictures.count()));
      long before = System.nanoTime();
      try (PreparedRow prepared = row.prepare(setting)) {
        double seconds = (System.nanoTime() - before) * 1e-9;
        RowResult result = attack(row, prepared, seconds, records);
        RowFile.write(folder, result);
        return result;
      }
    }
  }

  private RowResult attack(Row row, PreparedRow prepared, double seconds, RecordFolder records)
      throws IOException {
    AttackRun run =
        new AttackRun(
            setting.service(),
            setting.threat(),
            prepared.attacks(),
            setting.seed(),
            setting.batchSize());
    AttackReport report = run.run(pictures, records, new Narrator(row, setting, pictures.count()));
    Passes passes = prepared.passes();
    double total = seconds;
    for (AttackReport.Line line : report.attacks()) {
      passes = passes.plus(new Passes(line.forward(), line.backward()));
      total += line.seconds();
    }
    long queries =
        prepared.queries() + records.pictures().stream().mapToLong(one -> one.queries()).sum();
    return new RowResult(
        row.name(),
        row.attacker(),
        row.how(),
        Optional.empty(),
        records.pictures(),
        report.attacks(),
        queries,
        passes,
        total,
        findings(prepared));
  }

  /** What making ready found, and what a key that was found is worth: for the report alone. */
  private Map<String, String> findings(PreparedRow prepared) throws IOException {
    var findings = new TreeMap<String, String>();
    prepared.findings().forEach((name, found) -> findings.put(name, found.toString()));
    if (prepared.opened().isPresent()) {
      Predictions found = Predictions.of(prepared.opened().get(), pictures, setting.batchSize());
      findings.put(OPENED, Guesses.number(found.right().value()));
    }
    return findings;
  }

  private Map<String, String> identity(Row row) {
    var all = new LinkedHashMap<String, String>(identity);
    all.put("threat", setting.threat().toString());
    all.put("seed", Long.toString(setting.seed()));
    all.put("row", row.name());
    all.put("settings", row.settings(setting));
    return all;
  }

  /** Tells the grid's listener how a row's attacks go. */
  private record Narrator(Row row, ThreatSetting setting, int count) implements RunListener {
    @Override
    public void batchDone(int done, int robust, AttackResult batch) {
      setting.listener().attacking(row, done, count, robust);
    }
  }
}
