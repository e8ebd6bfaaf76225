package org.wardlock.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A training that the user interrupts saves its state, and goes on as if nothing had been. */
class InterruptionTest {
  private static final String WEIGHTS = "model.safetensors";
  private static final long PATIENCE_SECONDS = 120;
  // one epoch that takes long after its first steps, so that the signal comes in the middle of it
  private static final List<String> TRAIN =
      List.of(
          ("train --data shapes:16 --limit 3000 --model convmixer-8-1-k3-p4 --image-size 16"
                  + " --epochs 1 --batch 4 --checkpoint-every 20")
              .split(" "));

  @TempDir private Path folder;

  @Test
  void anInterruptedTrainingEndsWithTheBitsOfAnUndisturbedOne()
      throws IOException, InterruptedException {
    assumeTrue(Files.exists(Path.of("/bin/kill")), "no /bin/kill to send SIGINT with");
    Path out = folder.resolve("interrupted");
    Process process = CommandProcess.start(folder.resolve("said"), TRAIN, "--out", out);
    try {
      awaitCheckpoint(process, out);
      String id = Long.toString(process.pid());
      assertEquals(0, new ProcessBuilder("/bin/kill", "-INT", id).start().waitFor());
      assertTrue(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS), "it did not end");
    } finally {
      process.destroyForcibly();
    }
    String said = Files.readString(folder.resolve("said"));
    assertEquals(Interruption.STATUS, process.exitValue(), said);
    assertTrue(said.contains("interrupted after step "), said);
    assertTrue(said.contains("--resume"), said);
    assertFalse(said.contains("epoch 1:"), "the signal was to come in mid-epoch: " + said);
    assertFalse(Files.exists(out.resolve(WEIGHTS)), "a model that is not yet trained");

    CommandRun resumed = CommandRun.of(TRAIN, "--out", out, "--resume").assertDone();
    assertTrue(resumed.out().contains("goes on after step "), resumed.out());
    Path undisturbed = folder.resolve("undisturbed");
    CommandRun.of(TRAIN, "--out", undisturbed).assertDone();
    assertArrayEquals(
        Files.readAllBytes(undisturbed.resolve(WEIGHTS)), Files.readAllBytes(out.resolve(WEIGHTS)));
  }

  private static void awaitCheckpoint(Process process, Path out)
      throws IOException, InterruptedException {
    Path checkpoints = out.resolve("checkpoints");
    while (!holdsSomething(checkpoints)) {
      assertFalse(process.waitFor(5, TimeUnit.MILLISECONDS), "it ended before the signal");
    }
  }

  private static boolean holdsSomething(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return false;
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files.anyMatch(file -> !file.getFileName().toString().startsWith("."));
    }
  }
}
