package org.wardlock.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Places that cannot be written to, and runs that are not there to be resumed. */
class RefusedTargetTest {
  private static final List<Object> TRAIN = List.of("train", Tiny.NETWORK, "--epochs", 1);

  @TempDir private static Path folder;
  private static Path run;
  private static Path records;

  @BeforeAll
  static void prepare() throws IOException {
    run = Tiny.train(folder.resolve("run"), 1);
    records = folder.resolve("records");
    CommandRun.of(attack("fgsm"), "--out", records).assertDone();
    Files.writeString(folder.resolve("file"), "kept\n");
  }

  private static List<Object> attack(String name) {
    return List.of(
        List.of("attack", "--model", run, Tiny.DATA, "--eps", "1/255"), "--attack", name);
  }

  private static List<Object> train(Object... more) {
    return List.of(TRAIN, Tiny.DATA, "--batch", 20, List.of(more));
  }

  @Test
  void aDeviceThatDoesNotComputeSoIsNamed() throws IOException {
    List<Object> mixed = List.of(train("--precision", "bf16"), "--out", folder.resolve("mixed"));
    Refusal.expect(folder, mixed, "precision bf16", "device cpu computes with float32 alone");
  }

  @Test
  void whatExistsIsNotOverwritten() throws IOException {
    Refusal.expect(folder, List.of(train(), "--out", run), run, "not empty", "--resume");
    Refusal.expect(
        folder, List.of(attack("fgsm"), "--out", records), records, "not empty", "--resume");
    Path file = folder.resolve("file");
    Refusal.expect(folder, List.of(train(), "--out", file), file, "expected a folder");
    Refusal.expect(folder, List.of("demo", "--out", run), run, "not empty");
  }

  @Test
  void whatDoesNotExistIsNotResumed() throws IOException {
    Path gone = folder.resolve("gone");
    Refusal.expect(folder, List.of(train(), "--resume", "--out", gone), gone, "no such folder");
    Refusal.expect(
        folder, List.of(attack("fgsm"), "--resume", "--out", gone), gone, "no such folder");
  }

  @Test
  void answersNeedAFolderAndAName() throws IOException {
    Path lost = folder.resolve("nowhere").resolve("answer.json");
    Refusal.expect(folder, List.of("doctor", "--json", lost), "--json", lost, "no folder");
    Refusal.expect(folder, List.of("doctor", "--json", run), "--json", run, "is a folder");
    List<Object> evaluate = List.of("evaluate", "--model", run, Tiny.DATA);
    Refusal.expect(folder, List.of(evaluate, "--predictions", lost), "--predictions", lost);
    Path out = folder.resolve("out");
    Refusal.expect(folder, List.of(train(), "--out", out, "--json", lost), "--json", lost);
  }

  @Test
  void aFullDiskIsNamed(@TempDir Path apart) throws IOException {
    Path full = Path.of("/dev/full");
    assumeTrue(Files.isWritable(full), "this system has no /dev/full");
    // through a link, so that a fault would replace the link and not the device
    Path link = Files.createSymbolicLink(apart.resolve("full"), full);
    CommandRun doctor = CommandRun.of("doctor", "--json", link);
    doctor.assertComplaint(link, "No space left");
    assertEquals(Failures.MACHINE, doctor.status());
    CommandRun evaluate =
        CommandRun.of("evaluate", "--model", run, Tiny.DATA, "--predictions", link);
    evaluate.assertComplaint(link, "No space left");
    assertEquals(Failures.MACHINE, evaluate.status());
    assertTrue(Files.isSymbolicLink(link));
    Files.delete(link);
  }

  @Test
  void unknownOptionsAndAttacksAreRefused() throws IOException {
    Refusal.expect(folder, List.of(train(), "--speed", 3, "--out", "x"), "--speed", "--help");
    Refusal.expect(folder, List.of("conquer"), "conquer", "--help");
    Path out = folder.resolve("out");
    Refusal.expect(folder, List.of(attack("circle"), "--out", out), "circle", "fgsm, pgd");
    Refusal.expect(folder, List.of("doctor", "--device", "tpu"), "tpu");
    Refusal.expect(folder, List.of("doctor", "--threads", 0), "--threads 0", "at least 1");
  }
}
