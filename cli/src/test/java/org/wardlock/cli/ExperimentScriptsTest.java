package org.wardlock.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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

  /** A command may outlive its script, and nobody else may work in its folder. */
  @Test
  void oneScriptIsAtWorkInAFolder() throws IOException, InterruptedException {
    assumeTrue(run(List.of("/bin/bash", "-c", "command -v flock")) == 0, "no flock");
    String again = "source '%s'".formatted(BENCH.resolve("experiments.sh"));
    assertEquals(0, script(again), "a script that another calls has its lock");
    assertEquals(2, script("(unset WARDLOCK_LOCKED; " + again + ")"));
    String said = Files.readString(folder.resolve("said"));
    assertTrue(said.contains("something is at work in " + folder), said);
    Path left = folder.resolve("left");
    assertEquals(0, script("sleep 60 & echo $! >'" + left + "'"));
    assertEquals(2, script("true"), "what was left behind keeps the lock");
    run(List.of("kill", Files.readString(left).strip()));
    // once it is gone
    assertEquals(0, run(List.of("flock", folder.resolve("lock").toString(), "true")));
    assertEquals(0, script("true"));
  }

  /** Runs a line of a script that has what the experiments share; returns its status. */
  private int script(String line) throws IOException, InterruptedException {
    String text =
        "set -euo pipefail; out='%s'; source '%s'; wardlock='%s'; %s"
            .formatted(folder, BENCH.resolve("experiments.sh"), folder.resolve("program"), line);
    return run(List.of("/bin/bash", "-c", text));
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
