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
 * says how often.
 */
@Tag("cpu-only")
class KilledAttackTest {
  private static final int KILLS = Integer.getInteger("wardlock.test.kills", 10);
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
    List<String> kills = new ArrayList<>();
    int anew = 0;
    int inTheMiddle = 0;
    for (int kill = 0; kill < KILLS; kill++) {
      Path where = folder.resolve("killed" + anew);
      int before = recorded(where);
      // the first one as soon as a picture is done, long before the last is
      int batch = BATCHES[kill % BATCHES.length];
      int batches = kill == 0 ? 1 : random.nextInt(batch == 64 ? 2 : 6);
      int nanoseconds = kill == 0 ? 0 : random.nextInt(12_000_000);
      killAfter(start(where, batch, 1 + kill % 2), batches, nanoseconds);
      int after = recorded(where);
      kills.add(before + " to " + after);
      inTheMiddle += before < after && after < AttackProcess.COUNT ? 1 : 0;
      if (after == AttackProcess.COUNT) {
        assertSameRecords(where, kills.toString());
        anew++;
      }
    }
    Path last = folder.resolve("killed" + anew);
    assertEquals("done", lastWord(start(last, 7, 2)));
    assertSameRecords(last, kills.toString());
    assertTrue(inTheMiddle > 0, "none was killed between its first record and the last: " + kills);
  }

  /** Of how many pictures a folder has whole records. */
  private static int recorded(Path where) throws IOException {
    Path file = where.resolve(RecordFolder.RECORDS);
    if (!Files.exists(file)) {
      return 0;
    }
    int lines = (int) Files.readString(file).chars().filter(c -> c == '\n').count();
    return Math.max(0, lines - 1);
  }

  private static void assertSameRecords(Path where, String what) throws IOException {
    assertEquals(new String(records(undisturbed)), new String(records(where)), what);
  }

  /** Kills a process some batches and nanoseconds from now, or when it is done before. */
  private static void killAfter(Process process, int batches, int nanoseconds)
      throws IOException, InterruptedException {
    try (BufferedReader reader = process.inputReader()) {
      for (int seen = 0; seen < batches && reader.readLine() != null; seen++) {
        // not yet
      }
      Thread.sleep(nanoseconds / 1_000_000, nanoseconds % 1_000_000);
      process.destroyForcibly().waitFor();
    }
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
