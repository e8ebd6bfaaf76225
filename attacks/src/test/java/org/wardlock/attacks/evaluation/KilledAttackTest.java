package org.wardlock.attacks.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills an attack at random moments and goes on with another batch size and another number of
 * threads: the records end with the same bytes. The system property {@code wardlock.test.kills}
 * says how often; 10 is what a release is tried with.
 */
@Tag("cpu-only")
class KilledAttackTest {
  private static final int KILLS = Integer.getInteger("wardlock.test.kills", 3);
  private static final int[] BATCHES = {1, 7, 64};

  @TempDir static Path undisturbed;
  @TempDir Path folder;

  @BeforeAll
  static void attackWithoutInterruption() throws IOException, InterruptedException {
    assertEquals("done", lastWord(start(undisturbed, 64, 2)));
  }

  private static byte[] records(Path where) throws IOException {
    return Files.readAllBytes(where.resolve(RecordFolder.RECORDS));
  }

  @Test
  void batchesAndThreadsChangeNoRecord() throws IOException, InterruptedException {
    for (int batch : BATCHES) {
      for (int threads = 1; threads <= 2; threads++) {
        Path where = folder.resolve("batch%d-threads%d".formatted(batch, threads));
        assertEquals("done", lastWord(start(where, batch, threads)));
        assertSameRecords(where, "batch " + batch + ", " + threads + " threads");
      }
    }
  }

  @Test
  void aKilledAttackEndsWithTheRecordsOfAnUndisturbedOne()
      throws IOException, InterruptedException {
    Random random = new Random(KILLS);
    List<String> moments = new ArrayList<>();
    int anew = 0;
    for (int kill = 0; kill < KILLS; kill++) {
      Path where = folder.resolve("killed" + anew);
      int batch = BATCHES[kill % BATCHES.length];
      Process process = start(where, batch, 1 + kill % 2);
      // a large batch is killed in its middle or, the next one, not at all
      int batches = batch == 64 ? random.nextInt(2) : random.nextInt(6);
      moments.add(killAfter(process, batches, random.nextInt(12_000_000)));
      if (moments.getLast().equals("done")) {
        assertSameRecords(where, moments.toString());
        anew++;
      }
    }
    Path last = folder.resolve("killed" + anew);
    assertEquals("done", lastWord(start(last, 7, 2)));
    assertSameRecords(last, moments.toString());
    assertTrue(moments.stream().anyMatch(moment -> !moment.equals("done")), "nothing was killed");
  }

  private static void assertSameRecords(Path where, String what) throws IOException {
    assertEquals(new String(records(undisturbed)), new String(records(where)), what);
  }

  /** Kills a process some batches and nanoseconds from now; returns what it said last. */
  private static String killAfter(Process process, int batches, int nanoseconds)
      throws IOException, InterruptedException {
    String last = "nothing";
    try (BufferedReader reader = process.inputReader()) {
      for (int seen = 0; seen < batches; seen++) {
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

  private static String lastWord(Process process) throws IOException, InterruptedException {
    List<String> lines;
    try (BufferedReader reader = process.inputReader()) {
      lines = reader.lines().toList();
    }
    process.waitFor();
    return lines.isEmpty() ? "nothing" : lines.getLast();
  }

  private static Process start(Path folder, int batch, int threads) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx256m", "-XX:TieredStopAtLevel=1"));
    command.add("-Dwardlock.threads=" + threads);
    command.addAll(List.of("--add-modules", "jdk.incubator.vector"));
    command.addAll(List.of("-cp", classPath()));
    command.addAll(List.of(AttackProcess.class.getName(), folder.toString(), "" + batch));
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
}
