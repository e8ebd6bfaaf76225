package org.wardlock.attacks.evaluation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardlock.attacks.AttackResult;
import org.wardlock.attacks.CountingClassifier;
import org.wardlock.attacks.LinearClassifier;
import org.wardlock.attacks.Loss;
import org.wardlock.attacks.Passes;
import org.wardlock.attacks.Pictures;
import org.wardlock.attacks.Rational;
import org.wardlock.attacks.Rows;
import org.wardlock.attacks.Testing;
import org.wardlock.attacks.Threat;
import org.wardlock.attacks.gradient.Fgsm;
import org.wardlock.attacks.gradient.Pgd;
import org.wardlock.nn.Classifier;
import org.wardlock.nn.files.FormatException;
import org.wardlock.nn.weights.Safetensors;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

class AttackRunTest {
  private static final Shape SHAPE = Shape.of(1, 4, 4);
  private static final int COUNT = 23;
  private static final Optional<Shape> KEPT = Optional.of(Shape.of(COUNT, 1, 4, 4));
  private static final String PARTIAL = RecordFolder.IMAGES + ".partial";

  private final Random random = new Random(61);
  private final LinearClassifier classifier = LinearClassifier.random(random, SHAPE, 4);
  private final PictureSource source = source();

  @TempDir private Path folder;
  private byte[] records;
  private byte[] images;
  private AttackReport report;

  /** Pictures of which every fifth is labelled wrongly. */
  private PictureSource source() {
    Pictures all = Testing.answered(classifier, random, COUNT);
    int[] labels = all.labels();
    for (int row = 0; row < COUNT; row += 5) {
      labels[row] = (labels[row] + 1) % 4;
    }
    long[] ids = IntStream.range(0, COUNT).mapToLong(i -> 500 - 3L * i).toArray();
    Pictures numbered = Pictures.of(all.images(), labels).withIds(ids);
    return new PictureSource() {
      @Override
      public int count() {
        return COUNT;
      }

      @Override
      public Pictures pictures(int start, int end) {
        return numbered.select(IntStream.range(start, end).toArray());
      }
    };
  }

  private static AttackRun run(Classifier attacked, int batchSize) {
    return new AttackRun(
        attacked,
        Threat.linf(Rational.of(12, 255)),
        List.of(new Fgsm(), new Pgd(Loss.DLR).iterations(4)),
        9,
        batchSize);
  }

  private RecordFolder resume(Path where, AttackRun run) throws IOException {
    return RecordFolder.resume(where, run.identity(), KEPT);
  }

  @BeforeEach
  void runWithoutInterruption() throws IOException {
    Path whole = folder.resolve("whole");
    AttackRun run = run(classifier, 5);
    try (RecordFolder kept = RecordFolder.begin(whole, run.identity(), KEPT)) {
      report = run.run(source, kept, RunListener.NONE);
    }
    records = Files.readAllBytes(whole.resolve(RecordFolder.RECORDS));
    images = Files.readAllBytes(whole.resolve(RecordFolder.IMAGES));
  }

  private void requireSame(Path where, AttackReport found) throws IOException {
    assertArrayEquals(records, Files.readAllBytes(where.resolve(RecordFolder.RECORDS)));
    assertArrayEquals(images, Files.readAllBytes(where.resolve(RecordFolder.IMAGES)));
    assertFalse(Files.exists(where.resolve(PARTIAL)));
    assertEquals(report.cleanAccuracy(), found.cleanAccuracy());
    assertEquals(report.robustAccuracy(), found.robustAccuracy());
    assertEquals(report.maxNorm(), found.maxNorm());
    for (int i = 0; i < 2; i++) {
      AttackReport.Line before = report.attacks().get(i);
      AttackReport.Line after = found.attacks().get(i);
      assertEquals(before.forward(), after.forward());
      assertEquals(before.backward(), after.backward());
      assertEquals(before.robustAfter(), after.robustAfter());
    }
  }

  @Test
  void reportsWhatTheRecordsSay() {
    List<String> lines = new String(records).lines().toList();
    assertEquals("index,label,clean_pred,broken_by,norm,queries,ok_at_8bit", lines.getFirst());
    assertEquals(COUNT + 1, lines.size());
    List<PictureRecord> pictures =
        lines.stream().skip(1).map(line -> PictureRecord.parse(line).orElseThrow()).toList();
    long right = pictures.stream().filter(PictureRecord::isCleanRight).count();
    assertEquals(18, right);
    assertEquals(18.0 / COUNT, report.cleanAccuracy());
    long byFgsm =
        pictures.stream().filter(one -> one.brokenBy().equals(Optional.of("fgsm"))).count();
    long broken = pictures.stream().filter(one -> one.brokenBy().isPresent()).count();
    assertTrue(byFgsm > 0 && broken < 18, byFgsm + " and " + broken + " broken show little");
    assertEquals((18.0 - byFgsm) / COUNT, report.attacks().get(0).robustAfter());
    assertEquals((18.0 - broken) / COUNT, report.attacks().get(1).robustAfter());
    assertEquals((18.0 - broken) / COUNT, report.robustAccuracy());
    assertEquals("fgsm", report.attacks().get(0).name());
    assertEquals("pgd-dlr", report.attacks().get(1).name());
    assertTrue(report.maxNorm() <= 12 / 255.0 && report.maxNorm() > 11.9 / 255);
    assertTrue(report.robustAccuracyAt8Bit() >= report.robustAccuracy());
    assertEquals(
        pictures.stream().mapToLong(PictureRecord::queries).sum(),
        report.attacks().stream().mapToLong(AttackReport.Line::forward).sum());
    assertEquals(500, pictures.getFirst().index());
    assertEquals(497, pictures.get(1).index());
  }

  @Test
  void theBatchSizeIsOnlyAMatterOfMemory() throws IOException {
    for (int batchSize : new int[] {1, 7, 100}) {
      Path where = folder.resolve("batch" + batchSize);
      AttackRun run = run(classifier, batchSize);
      try (RecordFolder kept = resume(where, run)) {
        requireSame(where, run.run(source, kept, RunListener.NONE));
      }
    }
  }

  /** Stands for a kill: after some batches nothing more happens. */
  private static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private static RunListener killAfter(int batches) {
    return new RunListener() {
      private int left = batches;

      @Override
      public void batchDone(int done, int robust, AttackResult batch) {
        if (--left == 0) {
          throw new Killed();
        }
      }
    };
  }

  @Test
  void aKilledRunEndsWithTheBytesOfAnUninterruptedOne() throws IOException {
    for (int batches = 1; batches < 5; batches++) {
      Path where = folder.resolve("killed" + batches);
      AttackRun run = run(classifier, 5);
      try (RecordFolder kept = resume(where, run)) {
        RunListener kill = killAfter(batches);
        assertThrows(Killed.class, () -> run.run(source, kept, kill));
      }
      assertFalse(Files.exists(where.resolve(RecordFolder.IMAGES)), "looks finished");
      // what a kill within the next append leaves behind
      byte[] torn = Arrays.copyOfRange(records, 0, 10 + 31 * batches);
      Files.write(where.resolve(RecordFolder.RECORDS), torn, StandardOpenOption.APPEND);
      Files.write(where.resolve(PARTIAL), torn, StandardOpenOption.APPEND);
      AttackRun other = run(classifier, 3);
      try (RecordFolder kept = resume(where, other)) {
        assertEquals(5 * batches, kept.pictures().size());
        requireSame(where, other.run(source, kept, RunListener.NONE));
      }
    }
  }

  @Test
  void aKillInTheBeginningLeavesNothingToRead() throws IOException {
    // records.csv is made last
    Path where = Files.createDirectory(folder.resolve("begun"));
    Files.write(where.resolve(PARTIAL), Arrays.copyOf(images, 50));
    AttackRun run = run(classifier, 5);
    try (RecordFolder kept = resume(where, run)) {
      requireSame(where, run.run(source, kept, RunListener.NONE));
    }
  }

  @Test
  void aFinishedRunIsNotRunAgain() throws IOException {
    Path where = folder.resolve("whole");
    requireNothingLeft(where);
    // what a kill leaves behind when all that is missing is the name
    Files.move(where.resolve(RecordFolder.IMAGES), where.resolve(PARTIAL));
    requireNothingLeft(where);
  }

  private void requireNothingLeft(Path where) throws IOException {
    CountingClassifier counting = new CountingClassifier(classifier);
    AttackRun run = run(counting, 5);
    try (RecordFolder kept = resume(where, run)) {
      requireSame(where, run.run(source, kept, RunListener.NONE));
    }
    assertEquals(Passes.NONE, counting.passes());
  }

  @Test
  void recordsInMemoryAreTheSame() throws IOException {
    Records kept = Records.inMemory();
    AttackReport found = run(classifier, 4).run(source, kept, RunListener.NONE);
    assertEquals(report.robustAccuracy(), found.robustAccuracy());
    String text =
        kept.pictures().stream()
            .map(PictureRecord::line)
            .reduce(PictureRecord.HEADER, (all, line) -> all + "\n" + line);
    assertEquals(new String(records), text + "\n");
  }

  @Test
  void keptImagesAreTheAdversarialOnes() throws IOException {
    List<float[]> expected = new ArrayList<>();
    run(classifier, 4)
        .run(
            source,
            Records.inMemory(),
            new RunListener() {
              @Override
              public void batchDone(int done, int robust, AttackResult batch) {
                expected.addAll(List.of(Rows.toHost(batch.images())));
              }
            });
    Path file = folder.resolve("whole").resolve(RecordFolder.IMAGES);
    try (Scope _ = Scope.open("kept images");
        Safetensors read = Safetensors.open(file)) {
      assertEquals(Set.of(RecordFolder.TENSOR), read.names());
      assertEquals(run(classifier, 4).identity(), read.metadata());
      Tensor kept = read.tensor(RecordFolder.TENSOR, Testing.device());
      assertEquals(KEPT, Optional.of(kept.shape()));
      assertArrayEquals(expected.toArray(float[][]::new), Rows.toHost(kept));
    }
  }

  @Test
  void imagesAreKeptOnlyOnRequest() throws IOException {
    Path where = folder.resolve("none");
    AttackRun run = run(classifier, 5);
    try (RecordFolder kept = RecordFolder.begin(where, run.identity(), Optional.empty())) {
      run.run(source, kept, RunListener.NONE);
    }
    assertArrayEquals(records, Files.readAllBytes(where.resolve(RecordFolder.RECORDS)));
    assertFalse(Files.exists(where.resolve(RecordFolder.IMAGES)));
    assertFalse(Files.exists(where.resolve(PARTIAL)));
  }

  @Test
  void theListenerHearsOfCostAndProgress() throws IOException {
    List<String> heard = new ArrayList<>();
    run(classifier, 10)
        .run(
            source,
            Records.inMemory(),
            new RunListener() {
              @Override
              public void starting(int pictures, int done, Passes atMost) {
                heard.add(pictures + " " + done + " " + atMost);
              }

              @Override
              public void batchDone(int done, int robust, AttackResult batch) {
                heard.add(Integer.toString(done));
              }
            });
    // a look at the clean picture, fgsm's two passes and pgd's five
    assertEquals(List.of("23 0 " + new Passes(23 * 8, 23 * 5), "10", "20", "23"), heard);
  }

  @Test
  void otherSettingsAreNotResumed() {
    Path whole = folder.resolve("whole");
    AttackRun other =
        new AttackRun(
            classifier,
            Threat.linf(Rational.of(4, 255)),
            List.of(new Fgsm(), new Pgd(Loss.DLR).iterations(4)),
            9,
            5);
    var error = assertThrows(FormatException.class, () -> resume(whole, other));
    assertEquals(
        whole.resolve("identity.txt")
            + ": the run to resume has threat linf 12/255, this one linf 4/255;"
            + " resume it with its own options or choose another folder",
        error.getMessage());
    assertThrows(
        FormatException.class, () -> RecordFolder.resume(whole, Map.of("model", "another"), KEPT));
    assertThrows(
        FormatException.class,
        () -> RecordFolder.resume(whole, run(classifier, 5).identity(), Optional.empty()));
  }

  @Test
  void recordsAreNotOverwritten() throws IOException {
    Path whole = folder.resolve("whole");
    AttackRun run = run(classifier, 5);
    assertThrows(FormatException.class, () -> RecordFolder.begin(whole, run.identity(), KEPT));
    assertArrayEquals(records, Files.readAllBytes(whole.resolve(RecordFolder.RECORDS)));
  }

  @Test
  void damagedFilesAreNamed() throws IOException {
    Path whole = folder.resolve("whole");
    AttackRun run = run(classifier, 5);
    Path file = whole.resolve(RecordFolder.RECORDS);
    String text = new String(records);
    for (String damaged :
        new String[] {
          "", "index\n", text.substring(0, text.length() / 2), text.replace("fgsm", "f,gsm"),
        }) {
      Files.writeString(file, damaged);
      var error = assertThrows(FormatException.class, () -> resume(whole, run));
      assertTrue(error.getMessage().startsWith(file + ": "), error.getMessage());
    }
    Files.write(file, records);
    Path kept = whole.resolve(RecordFolder.IMAGES);
    Files.write(kept, Arrays.copyOf(images, 100));
    var error = assertThrows(FormatException.class, () -> resume(whole, run));
    assertEquals(kept + ": 100 bytes, expected " + images.length, error.getMessage());
    Files.writeString(whole.resolve("progress.csv"), "pictures,forward,backward,seconds\n5,x\n");
    assertThrows(FormatException.class, () -> resume(whole, run));
    Path identity = whole.resolve("identity.txt");
    Files.delete(identity);
    error = assertThrows(FormatException.class, () -> resume(whole, run));
    assertEquals(identity + ": cannot be read: no such file", error.getMessage());
  }

  @Test
  void settingsThatMakeNoSenseAreRefused() {
    Threat threat = Threat.linf(Rational.of(1, 255));
    assertThrows(
        IllegalArgumentException.class, () -> new AttackRun(classifier, threat, List.of(), 1, 5));
    assertThrows(
        IllegalArgumentException.class,
        () -> new AttackRun(classifier, threat, List.of(new Fgsm(), new Fgsm()), 1, 5));
    assertThrows(
        IllegalArgumentException.class,
        () -> new AttackRun(classifier, threat, List.of(new Fgsm()), 1, 0));
  }
}
