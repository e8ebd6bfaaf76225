package org.wardlock.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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

/**
 * What bench's scripts share skips what is done, goes on with what was killed, and says what is not
 * there.
 */
@Tag("cpu-only") // computes no tensor
class ExperimentScriptsTest {
  private static final Path BENCH = Path.of("..", "bench").toAbsolutePath().normalize();

  /**
   * Stands for ./wardlock: notes what it was asked, and leaves what a command leaves. The first
   * training kills the script that waits for it, once two seconds of it are on the disk.
   */
  private static final String PROGRAM =
      """
      #!/bin/bash
      here=$(dirname -- "$0")
      echo "$*" >>"$here/asked"
      while (($# > 0)); do
        case $1 in
          --out) out=$2 ;;
          --json) json=$2 ;;
        esac
        shift
      done
      mkdir -p -- "$out"
      echo '{}' >"$out/config.json"
      if [[ -e $here/kills ]]; then
        rm -- "$here/kills"
        until [[ $(cat -- "$out.seconds" 2>/dev/null) -ge 2 ]]; do
          sleep 0.1
        done
        kill -KILL "$PPID"
        exit 1
      fi
      echo weights >"$out/model.safetensors"
      [[ -z ${json:-} ]] || echo '{"trainable_parameters": 1, "total_parameters": 2}' >"$json"
      """;

  @TempDir private Path folder;
  private Path models;

  @BeforeEach
  void makeTheProgram() throws IOException {
    assumeTrue(Files.exists(Path.of("/bin/bash")), "no /bin/bash to run scripts with");
    models = folder.resolve("models");
    Path program = Files.writeString(folder.resolve("program"), PROGRAM);
    assertTrue(program.toFile().setExecutable(true));
  }

  @Test
  void theSecondsOfAKilledTrainingCount() throws IOException, InterruptedException {
    Files.createFile(folder.resolve("kills"));
    assertEquals(128 + 9, script("train net '' --epochs 1"));
    int before = Integer.parseInt(Files.readString(models.resolve("net.seconds")).strip());
    assertTrue(before >= 2, before + " seconds");
    assertEquals(0, script("train net '' --epochs 1"));
    int after = Integer.parseInt(Files.readString(models.resolve("net.seconds")).strip());
    assertTrue(after >= before, after + " seconds");
    assertTrue(asked().getLast().endsWith("--epochs 1 --resume"), asked()::toString);
    assertEquals(0, script("train net '' --epochs 1"));
    assertEquals(2, asked().size(), asked()::toString);
  }

  @Test
  void aModelWithoutItsAnswerIsAskedForIt() throws IOException, InterruptedException {
    Path net = Files.createDirectories(models.resolve("net"));
    Files.writeString(net.resolve("config.json"), "{}");
    Files.writeString(net.resolve("model.safetensors"), "weights");
    assertEquals(0, script("train net key"));
    assertTrue(asked().getLast().startsWith("train "), asked()::toString);
    assertTrue(asked().getLast().endsWith(" --resume"), asked()::toString);
    assertTrue(Files.exists(models.resolve("net.json")));
    assertFalse(Files.exists(models.resolve("net.seconds")), "nobody knows what it took");
  }

  @Test
  void aHalfMadeTwinIsMadeAfresh() throws IOException, InterruptedException {
    Path twin = Files.createDirectories(models.resolve("twin"));
    Files.writeString(twin.resolve("model.safetensors"), "half");
    assertEquals(0, script("encrypted twin key --model plain"));
    assertEquals("weights\n", Files.readString(twin.resolve("model.safetensors")));
    assertEquals(0, script("encrypted twin key --model plain"));
    assertEquals(1, asked().size(), asked()::toString);
  }

  @Test
  void tablesNameWhatIsNotThere() throws IOException, InterruptedException {
    assumeTrue(run(List.of("python3", "--version")) == 0, "no python3");
    assertEquals(0, script("train net ''"));
    String answer = "{\"top1\": 0.5, \"images\": 4}";
    Files.writeString(models.resolve("net.evaluated.json"), answer);
    Files.delete(models.resolve("net.seconds"));
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
    assumeTrue(run(List.of("python3", "--version")) == 0, "no python3");
    Path curve = Files.createDirectories(folder.resolve("curves/encrypted-shuffle-net-none"));
    String share = "\"%s\": 0.25, \"%<s_interval\": [0.1, 0.6], ";
    Files.writeString(
        curve.resolve("extract.json"),
        "{\"how\": \"copycat\", \"images\": 4, \"queries\": 38, \"victim_top1\": 0.1, \"victim_macro_f1\": 0.1, \"curve\": [{"
            + share.formatted("copy_top1")
            + share.formatted("fidelity")
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
    String name = "| encrypted-shuffle-net-none | 10.0 | 38 | ";
    assertTrue(table.contains(name + "75.0 (30.1-95.4) |"), table);
    String[] twin = table.split("Fidelity to the twin", -1);
    assertTrue(twin[1].contains(name + "25.0 (10.0-60.0) |"), table);
    assertTrue(table.contains("| 10.0 | **75.0 (30.1-95.4)** | 25.0 (10.0-60.0) | 0 |"), table);
  }

  /** Runs a line of a script that has what the experiments share; returns its status. */
  private int script(String line) throws IOException, InterruptedException {
    String text =
        "set -euo pipefail; out='%s'; source '%s'; wardlock='%s'; %s"
            .formatted(folder, BENCH.resolve("experiments.sh"), folder.resolve("program"), line);
    return run(List.of("/bin/bash", "-c", text));
  }

  private String table(String script, Path of, String... names)
      throws IOException, InterruptedException {
    var command = new ArrayList<>(List.of("python3", BENCH.resolve(script).toString()));
    command.add(of.toString());
    command.addAll(List.of(names));
    assertEquals(0, run(command));
    return Files.readString(folder.resolve("said"));
  }

  private int run(List<String> command) throws IOException, InterruptedException {
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("said").toFile())
        .start()
        .waitFor();
  }

  private List<String> asked() throws IOException {
    return Files.readAllLines(folder.resolve("asked"));
  }
}
