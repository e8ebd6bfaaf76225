package org.wardlock.nn.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardlock.nn.Shared;

/**
 * Kills a training process at random moments, the middle of an epoch or of a checkpoint among them,
 * and goes on until it is done. The system property {@code wardlock.test.kills} says how often; 30
 * is what a release is tried with.
 */
class KilledRunTest {
  private static final int KILLS = Integer.getInteger("wardlock.test.kills", 5);

  @TempDir static Path undisturbed;
  @TempDir Path folder;

  @BeforeAll
  static void train() throws IOException {
    TinyRun.trainer(undisturbed, new CheckpointInterval.Minutes(60)).build().run();
  }

  @Test
  void aKilledRunEndsWithTheBitsOfAnUndisturbedOne() throws IOException, InterruptedException {
    var random = new Random(KILLS);
    var moments = new ArrayList<String>();
    for (int kill = 0; kill < KILLS; kill++) {
      // 21 steps in all: a few more each time, then anywhere within the step or its checkpoint
      moments.add(killAfter(1 + random.nextInt(3), random.nextInt(12_000_000)));
      if (Files.exists(folder.resolve(Trainer.WEIGHTS_FILE))) {
        assertSameEnd(moments);
        beginAnew();
      }
    }
    List<String> lines = output(start(List.of()));
    assertEquals("done", lines.getLast(), lines::toString);
    assertSameEnd(moments);
  }

  private void assertSameEnd(List<String> moments) throws IOException {
    Path expected = undisturbed.resolve(Trainer.WEIGHTS_FILE);
    assertEquals(
        -1, Files.mismatch(expected, folder.resolve(Trainer.WEIGHTS_FILE)), moments::toString);
  }

  /** Deletes what the process made, so that the next one finds nothing to go on from. */
  private void beginAnew() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        if (!file.equals(folder)) {
          Files.delete(file);
        }
      }
    }
  }

  /** Lets a process make some steps, waits a little, and kills it; returns what it said last. */
  private String killAfter(int steps, int nanoseconds) throws IOException, InterruptedException {
    Process process = start(List.of());
    String last = "nothing";
    try (BufferedReader reader = process.inputReader()) {
      for (int seen = 0; seen < steps; seen++) {
        String line = reader.readLine();
        if (line == null) {
          break;
        }
        last = line;
      }
      Thread.sleep(nanoseconds / 1_000_000, nanoseconds % 1_000_000);
      process.destroyForcibly().waitFor();
    }
    return last;
  }

  @Test
  void aFullDiskIsToldAndCostsOnlyTheTimeSince() throws IOException, InterruptedException {
    Path shell = Path.of("/bin/bash");
    Assumptions.assumeTrue(Files.exists(shell), "no bash to limit the size of files with");
    // no file may grow beyond 8 KiB: the parameters need more
    List<String> limited =
        output(start(List.of(shell.toString(), "-c", "ulimit -f 8; exec \"$0\" \"$@\"")));
    assertTrue(
        limited.getLast().matches("checkpoint [^:]*step-2: cannot be written: [^:]*stays"),
        limited::toString);
    assertEquals("done", output(start(List.of())).getLast());
    assertSameEnd(List.of("full disk"));
  }

  private Process start(List<String> prefix) throws IOException {
    var command = new ArrayList<>(prefix);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx256m", "-XX:TieredStopAtLevel=1"));
    command.add("-Dwardlock.test.device=" + Shared.device());
    command.addAll(List.of("--add-modules", "jdk.incubator.vector"));
    command.addAll(List.of("-cp", classPath()));
    command.addAll(List.of(TrainingProcess.class.getName(), folder.toString()));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
  }

  /** Everything this test runs with, on one path: modules or not makes no difference to the run. */
  private static String classPath() {
    return System.getProperty("java.class.path")
        + File.pathSeparator
        + System.getProperty("jdk.module.path", "")
        + File.pathSeparator
        + Path.of("target", "test-classes");
  }

  private static List<String> output(Process process) throws IOException, InterruptedException {
    List<String> lines;
    try (BufferedReader reader = process.inputReader()) {
      lines = reader.lines().toList();
    }
    process.waitFor();
    return lines;
  }
}
