package org.wardlock.threat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.wardlock.attacks.Passes;
import org.wardlock.attacks.evaluation.AttackReport;
import org.wardlock.attacks.evaluation.PictureRecord;
import org.wardlock.nn.files.JsonFile;

/**
 * {@code row.json} beside the records of a row that is done: what the records do not say. It is
 * written last.
 */
final class RowFile {
  private static final String NAME = "row.json";
  private static final int FORMAT = 1;

  private RowFile() {}

  static boolean exists(Path folder) {
    return Files.exists(folder.resolve(NAME));
  }

  static void write(Path folder, RowResult result) throws IOException {
    var json = new LinkedHashMap<String, Object>();
    json.put("format", FORMAT);
    json.put("row", result.name());
    json.put("attacker", result.attacker().name());
    json.put("queries", result.queries());
    json.put("forward", result.passes().forward());
    json.put("backward", result.passes().backward());
    json.put("seconds", result.seconds());
    json.put("attacks", result.attacks().stream().map(RowFile::toJson).toList());
    json.put("findings", result.findings());
    JsonFile.replace(folder.resolve(NAME), json);
  }

  private static Map<String, Object> toJson(AttackReport.Line line) {
    var json = new LinkedHashMap<String, Object>();
    json.put("name", line.name());
    json.put("robust_after", line.robustAfter());
    json.put("seconds", line.seconds());
    json.put("forward", line.forward());
    json.put("backward", line.backward());
    return json;
  }

  /** What {@link #write} wrote, with the records that lie beside it. */
  static RowResult read(Path folder, Row row, List<PictureRecord> pictures) throws IOException {
    JsonFile json = JsonFile.read(folder.resolve(NAME), FORMAT);
    List<AttackReport.Line> attacks = new ArrayList<>();
    for (JsonFile line : json.objects("attacks")) {
      attacks.add(
          new AttackReport.Line(
              line.text("name"),
              line.number("robust_after"),
              line.number("seconds"),
              line.integer("forward"),
              line.integer("backward")));
    }
    return new RowResult(
        row.name(),
        row.attacker(),
        row.how(),
        Optional.empty(),
        pictures,
        attacks,
        json.integer("queries"),
        new Passes(json.integer("forward"), json.integer("backward")),
        json.number("seconds"),
        json.textMap("findings"));
  }
}
