package org.wardlock.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tables that bench's scripts print hold what the commands' answers say. */
@Tag("cpu-only") // computes no tensor
class ExperimentTablesTest {
  private static final Path BENCH = Path.of("..", "bench").toAbsolutePath().normalize();

  /** A share with its interval, named. */
  private static final String SHARE = "'%s': %s, '%1$s_interval': [0.1, 0.6], ";

  @TempDir private Path folder;
  private Path models;

  @BeforeEach
  void requirePython() throws IOException, InterruptedException {
    assumeTrue(Files.exists(Path.of("/bin/bash")), "no /bin/bash");
    assumeTrue(run(List.of("/bin/bash", "-c", "command -v python3")) == 0, "no python3");
    models = folder.resolve("models");
  }

  @Test
  void tablesNameWhatIsNotThere() throws IOException, InterruptedException {
    Path net = Files.createDirectories(models.resolve("net"));
    Files.writeString(net.resolve("model.safetensors"), "weights\n");
    write(models.resolve("net.json"), "{'trainable_parameters': 1, 'total_parameters': 2}");
    write(models.resolve("net.evaluated.json"), "{'top1': 0.5, 'images': 4}");
    String table = table("finetuned_table.py", models, "net", "other");
    assertTrue(table.contains("| net | 50.0 | 15.0-85.0 | 1 | 2 | 8 | unknown |"), table);
    assertTrue(table.endsWith("Not there yet: other\n"), table);

    Path wrong = Files.createDirectory(folder.resolve("wrong"));
    String keys = "{\"mean\": 0.25, \"interval\": [0.2, 0.3], \"min\": 0.1, \"max\": 0.4}";
    Files.writeString(
        wrong.resolve("shuffle+negate-4.json"),
        "{\"top1\": 0.5, \"images\": 4, \"wrong_key\": " + keys + "}");
    table = table("wrong_keys_table.py", wrong, "shuffle+negate-4", "negate-2");
    String row = "| shuffle+negate | 4 | 50.0 | 25.0 | 20.0 to 30.0 | 10.0 | 40.0 | 4 |";
    assertTrue(table.contains(row), table);
    assertTrue(table.endsWith("Not there yet: negate-2\n"), table);
  }

  /** Of a model that was asked without its key, fidelity is to the one with it. */
  @Test
  void copiesOfEncryptedModelsAreHeldAgainstTheModelWithItsKey()
      throws IOException, InterruptedException {
    Path curve = Files.createDirectories(folder.resolve("curves/encrypted-shuffle-net-none"));
    String share = "\"%s\": 0.25, \"%<s_interval\": [0.1, 0.6], ";
    Files.writeString(
        curve.resolve("extract.json"),
        "{\"how\": \"copycat\", \"images\": 4, \"queries\": 38, \"victim_top1\": 0.1, \"victim_macro_f1\": 0.1, \"curve\": [{"
            + share.formatted("copy_top1")
            + share.formatted("fidelity")
            + "\"queries\": 40, \"fine_tune_queries\": 0, \"answers_per_class\": [30, 7], "
            + "\"budget\": 40, \"macro_f1\": 0.2, \"macro_f1_ratio\": 2}]}");
    String says = "file_or_index,label,top1\n0,1,1\n1,2,2\n2,3,3\n3,4,%s\n";
    Path predictions =
        Files.createDirectories(folder.resolve("predictions").resolve(curve.getFileName()));
    Files.writeString(predictions.resolve("copy-40.csv"), says.formatted(9));
    Files.createDirectories(models);
    Files.writeString(models.resolve("encrypted-shuffle.opened.csv"), says.formatted(4));
    Path grid = Files.createDirectories(folder.resolve("grids/likeness-shuffle"));
    Files.writeString(
        grid.resolve("threat.json"),
        "{\"images\": 4, "
            + share.formatted("clean_accuracy")
            + "\"rows\": [{\"row\": \"d-column-likeness\", \"findings\": {\"clean accuracy behind the key\": \"0.7500\"}}]}");
    String table = table("extract_table.py", folder);
    assertTrue(table.contains("encrypted-shuffle-net-none: 3 answers within 40"), table);
    String name = "| encrypted-shuffle-net-none | 10.0 | 38 | ";
    assertTrue(table.contains(name + "75.0 (30.1-95.4) |"), table);
    String[] twin = table.split("Fidelity to the twin", -1);
    assertTrue(twin[1].contains(name + "25.0 (10.0-60.0) |"), table);
    assertTrue(table.contains("| 10.0 | **75.0 (30.1-95.4)** | 25.0 (10.0-60.0) | 0 |"), table);
  }

  /** A shorter run has the first pairs of a longer one, which gets a line of them. */
  @Test
  void mimicryOfMorePairsStandsBesideThatOfFewer() throws IOException, InterruptedException {
    mimicked("head-embedding", "0.003", "0.03", 4);
    mimicked("head-block12", "0.003", "0.03", 2);
    String[] table = table("mimic_table.py", folder).split("Taken for any class", -1);
    assertTrue(table[0].contains("| student | cut-off | pairs | 0.003 | 0.03 |"), table[0]);
    // of four, the last is not taken for its target
    String all = "| head | embedding | 4 | 75.0 (10.0-60.0) | 75.0 (10.0-60.0) |";
    String first = "| head | embedding | 2 | 100.0 (34.2-100.0) | 100.0 (34.2-100.0) |";
    String block = "| head | block12 | 2 | 75.0 (10.0-60.0) | 75.0 (10.0-60.0) |";
    for (String row : List.of(all, first, block)) {
      assertTrue(table[0].contains(row), row + " in " + table[0]);
    }
    assertTrue(table[1].contains("| head | embedding | 2 | 20.0 | 20.0 |"), table[1]);
    assertTrue(table[1].contains("| head | embedding | 4 | 0.0400 | 0.0400 |"), table[1]);
    assertTrue(table[1].contains("| head | embedding | 2 | 0.0015 | 0.0015 |"), table[1]);
  }

  private void mimicked(String name, String small, String large, int pairs) throws IOException {
    Path run = Files.createDirectories(folder.resolve("mimicked").resolve(name));
    var budgets = new ArrayList<String>();
    for (String budget : List.of(small, large)) {
      var records = new StringBuilder("budget,pair,source,label,target,target_class,prediction,");
      records.append("dssim,distance,distance_before,steps\n");
      for (int pair = 0; pair < pairs; pair++) {
        String row = "%s,%d,5,1,6,2,%d,%s,%d,10,30%n";
        int says = pair == 3 ? 1 : 2;
        int left = pair < 2 ? 2 : 9;
        records.append(row.formatted(budget, pair, says, 0.001 * (pair + 1), left));
      }
      Path within = Files.createDirectories(run.resolve("dssim-" + budget));
      Files.writeString(within.resolve("records.csv"), records.toString());
      budgets.add(
          "{'budget': %s, 'distance_left': 0.5, 'steps': 30, 'dssim': {'mean': 0.04}, "
                  .formatted(budget)
              + SHARE.formatted("targeted_success", 0.75)
              + SHARE.formatted("untargeted_success", 0.75)
              + "'pairs': %d}".formatted(pairs));
    }
    write(
        run.resolve("mimic.json"),
        "{'pairs': %d, 'scales': 5, 'interval': 'Wilson', 'budgets': %s}"
            .formatted(pairs, budgets));
  }

  @Test
  void compressionIsHeldAgainstNoneAndAgainstMoreTraining()
      throws IOException, InterruptedException {
    Path gradient = compressed("gradient", "none", "table");
    Path deviation = compressed("deviation", "table");
    String table = table("compress_table.py", gradient, deviation.toString());
    String heading =
        "| variant | clean | points to `none` | to `fine-tuned` | clean, of 4 | fgsm | clean, of 3 | cw | **adaptive** | bytes |";
    assertTrue(table.contains(heading), table);
    String row = "%s | 80.0 (70.0-90.0) | %s | +2.00 (+1.00 to +3.00) | 75.0 | 50.0 (10.0-60.0) | ";
    row += "100.0 | 25.0 (10.0-60.0) | **12.5 (1.0-40.0)** | 500, 400 |";
    String points = "-1.50 (-2.00 to -1.00)";
    assertTrue(table.contains("| " + row.formatted("none", "")), table);
    assertTrue(table.contains("| " + row.formatted("table", points)), table);
    assertTrue(table.contains("| " + row.formatted("table, deviation", points)), table);
    assertTrue(table.contains("Table by deviation: 500.0 bytes"), table);
  }

  private Path compressed(String name, String... variants) throws IOException {
    var rows = new ArrayList<String>();
    for (String variant : variants) {
      rows.add(
          "{'variant': '%s', 'clean': 0.8, 'clean_interval': [0.7, 0.9], 'clean_images': 10, "
                  .formatted(variant)
              + "'clean_difference': -0.015, 'clean_difference_interval': [-0.02, -0.01], "
              + "'fine_tuned_difference': 0.02, 'fine_tuned_difference_interval': [0.01, 0.03], "
              + "'attacks_images': {'fgsm': 4, 'cw': 3}, 'attacks_clean': {'fgsm': 0.75, 'cw': 1}, "
              + "'attacks': {'fgsm': 0.5, 'cw': 0.25}, "
              + "'attacks_intervals': {'fgsm': [0.1, 0.6], 'cw': [0.1, 0.6]}, "
              + "'adaptive': {'worst': 0.125}, 'adaptive_interval': [0.01, 0.4], 'images': 4, "
              + "'attacked_bytes_per_picture': [500, 400]}");
    }
    Path file = Files.createDirectories(folder.resolve(name)).resolve("compress-evaluate.json");
    write(
        file,
        "{'rows': %s, 'interval': 'Wilson', 'threats': {'fgsm': 'linf 8/255'}, 'bytes_per_picture': 500, 'plain_bytes_per_picture': 501}"
            .formatted(rows));
    return file;
  }

  /**
   * Two tables of equal bytes are compared picture by picture; a quality that lacks one has no
   * line.
   */
  @Test
  void tablesStandBesidePlainJpegOfEqualBytes() throws IOException, InterruptedException {
    quality("50-gradient", "[1, 2, 3, 4, 5, 6]", "[6, 7]");
    quality("50-deviation", "[1, 2, 3, 4, 5, 6]", "[1, 2, 3, 4, 5, 6, 8, 9]");
    quality("75-gradient", "[1]", "[]");
    String table = table("qualities_table.py", folder);
    // five gained and one lost of ten: 2 (1 + 6) / 2^6; none gained and two lost: 2 / 2^2
    String gradient = "80.0 (49.0-94.3) | +40.00 | 5, 1 | 0.219 |";
    String deviation = "20.0 (5.7-51.0) | -20.00 | 0, 2 | 0.500 |";
    assertTrue(
        table.contains("| 50 | 501 | 40.0 (16.8-68.7) | " + gradient + " " + deviation), table);
    assertEquals(-1, table.indexOf("| 75 |"), table);
    assertTrue(table.contains("Without compression 90.0 (59.6-98.2) %, of 10 pictures"), table);
  }

  private void quality(String name, String plain, String wrong) throws IOException {
    Path run = folder.resolve("qualities").resolve(name);
    for (List<String> row :
        List.of(List.of("none", "[0]"), List.of("jpeg", plain), List.of("table", wrong))) {
      Path variant = Files.createDirectories(run.resolve("rows").resolve(row.getFirst()));
      write(variant.resolve("clean.json"), "{'images': 10, 'wrong': %s}".formatted(row.getLast()));
    }
    write(run.resolve("compress-evaluate.json"), "{'plain_bytes_per_picture': 501}");
  }

  /** An attack that fails by itself needs no defence, so the student alone has a line. */
  @Test
  void differentiatorsStandBesideTheStudentAlone() throws IOException, InterruptedException {
    Path sets = Files.createDirectories(folder.resolve("differentiators"));
    Path evaluated = Files.createDirectories(sets.resolve("head-pairwise.evaluated"));
    String row =
        "{'pruned': %s, 'validate': %d, 'vote': '%s', 'bytes': 1234, "
            + SHARE.formatted("clean", 0.5)
            + SHARE.formatted("clean_undefended", 0.75)
            + SHARE.formatted("rejected_clean", 0.25)
            + "'attacked': [{"
            + SHARE.formatted("stopped", 0.5)
            + SHARE.formatted("rejected_or_right", 0.75)
            + "'name': '/x/mimicked/head-embedding/dssim-0.003', 'pictures': 4, 'fooling': 3}]}";
    for (String ratio : List.of("0.5", "0.1")) {
      write(
          evaluated.resolve("prune-" + ratio + ".json"),
          "{'images': 200, 'interval': 'Wilson', 'rows': [%s, %s, %s]}"
              .formatted(
                  row.formatted(ratio, 1, "all"),
                  row.formatted(ratio, 1, "majority"),
                  row.formatted(ratio, 5, "all")));
    }
    String table = table("differentiators_table.py", folder);
    String cost = "| 50.0 (10.0-60.0) | 75.0 (10.0-60.0) | 25.0 | 25.0 (10.0-60.0) | 1,234 |";
    int least = table.indexOf("| head-pairwise | 0.1 | 1 | all " + cost);
    int most = table.indexOf("| head-pairwise | 0.5 | 5 | all " + cost);
    assertTrue(0 < least && least < most, table);
    assertEquals(-1, table.indexOf("| 1 | majority "), "of one alone all is a majority");
    assertTrue(table.contains("head-embedding/dssim-0.003, of 3 |"), table);
    assertTrue(table.contains("| none |  |  |  | 25.0 (4.6-69.9) |"), table);
  }

  /** With quotation marks as Java's strings can have them. */
  private static void write(Path file, String json) throws IOException {
    Files.writeString(file, json.replace('\'', '"'));
  }

  private String table(String script, Path of, String... names)
      throws IOException, InterruptedException {
    var command = new ArrayList<>(List.of("python3", BENCH.resolve(script).toString()));
    command.add(of.toString());
    command.addAll(List.of(names));
    int status = run(command);
    String said = Files.readString(folder.resolve("said"));
    assertEquals(0, status, said);
    return said;
  }

  private int run(List<String> command) throws IOException, InterruptedException {
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("said").toFile())
        .start()
        .waitFor();
  }
}
