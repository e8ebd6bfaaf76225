package org.wardlock.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code pack} says and leaves, and what other commands make of it. */
class PackAnswersTest {
  private static final String WEIGHTS = "model.safetensors";
  private static final List<Object> SHAPES = List.of("--data", "shapes:16");

  /** All 12,000 shapes, packed as they are. */
  private static Path cache;

  private static JsonNode answer;
  @TempDir private static Path shared;
  @TempDir private Path folder;

  @BeforeAll
  static void packShapes() throws IOException {
    cache = shared.resolve("cache");
    answer = CommandRun.answer(shared, "pack", SHAPES, "--size", 16, "--out", cache);
  }

  private static List<Object> packed() {
    return List.of("--data", "packed:" + cache);
  }

  @Test
  void theAnswerCounts() throws IOException {
    assertEquals(12_000, answer.get("pictures").asInt());
    assertEquals(12_000L * 3 * 16 * 16, answer.get("bytes").asLong());
    assertEquals(16, answer.get("size").asInt());
    assertEquals(10_000, answer.get("splits").get("train").get("pictures").asInt());
    assertEquals(2_000 * 768, answer.get("splits").get("val").get("bytes").asInt());
    assertTrue(answer.get("skipped").isArray() && answer.get("skipped").isEmpty());
    assertEquals(2_000 * 768, Files.size(cache.resolve("val/00000.rgb")));
    assertEquals("pack", CommandRun.json(cache.resolve("config.json")).get("command").asText());
  }

  @Test
  void trainingFromACacheGivesTheSameWeights() throws IOException {
    List<Object> recipe =
        List.of(
            List.of("train", Tiny.NETWORK, Tiny.recipe(2)),
            List.of("--limit", 60, "--augment", "flip,crop"));
    CommandRun.of(recipe, SHAPES, "--out", folder.resolve("drawn")).assertDone();
    CommandRun.of(recipe, packed(), "--out", folder.resolve("packed")).assertDone();
    assertArrayEquals(
        Files.readAllBytes(folder.resolve("drawn").resolve(WEIGHTS)),
        Files.readAllBytes(folder.resolve("packed").resolve(WEIGHTS)));
  }

  @Test
  void resizedCropsAreTrainedOn() {
    CommandRun.of(
            List.of("train", Tiny.NETWORK, Tiny.recipe(1), "--limit", 60),
            List.of("--augment", "flip,resized-crop", packed(), "--out", folder.resolve("run")))
        .assertDone();
  }

  @Test
  void evaluationAndAttackFindTheSame() throws IOException {
    Path model = Tiny.train(folder.resolve("model"), 1);
    List<Object> evaluate = List.of("evaluate", "--model", model, "--limit", 40);
    JsonNode drawn = CommandRun.answer(folder, evaluate, SHAPES);
    JsonNode read = CommandRun.answer(folder, evaluate, packed());
    assertEquals(drawn.get("top1"), read.get("top1"));
    assertEquals(drawn.get("loss"), read.get("loss"));
    List<Object> attack =
        List.of("attack", "--model", model, "--limit", 40, "--attack", "fgsm", "--eps", "8/255");
    CommandRun.of(attack, SHAPES, "--out", folder.resolve("one")).assertDone();
    CommandRun.of(attack, packed(), "--out", folder.resolve("other")).assertDone();
    assertEquals(
        Files.readString(folder.resolve("one/records.csv")),
        Files.readString(folder.resolve("other/records.csv")));
  }

  @Test
  void aRunIsNotResumedOnAnotherCache() throws IOException {
    Path other = folder.resolve("other");
    CommandRun.of("pack", SHAPES, "--split", "train,val", "--size", 12, "--out", other)
        .assertDone();
    List<Object> train = List.of("train", Tiny.NETWORK, Tiny.recipe(1), "--limit", 60);
    Path run = folder.resolve("run");
    CommandRun.of(train, packed(), "--out", run).assertDone();
    Refusal.expect(
        folder,
        List.of(train, "--data", "packed:" + other, "--out", run, "--resume"),
        "--data was 60 pictures of digest");
    CommandRun.of(train, packed(), "--out", run, "--resume").assertDone();
  }

  private static void writePicture(Path file, int width, int height) throws IOException {
    Files.createDirectories(file.getParent());
    var image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    image.setRGB(width / 2, height / 2, 0xFF8040);
    ImageIO.write(image, "png", file.toFile());
  }

  private List<Object> folders() throws IOException {
    Path data = folder.resolve("data");
    writePicture(data.resolve("val/door/1.png"), 20, 30);
    writePicture(data.resolve("val/door/3.png"), 30, 20);
    writePicture(data.resolve("val/wall/1.png"), 9, 9);
    Files.writeString(data.resolve("val/door/2.png"), "This is no picture.\n");
    return List.of("pack", "--data", "folder:" + data, "--split", "val", "--size", 16);
  }

  @Test
  void whatCannotBeReadIsSkippedAndListed() throws IOException {
    Path out = folder.resolve("out");
    List<Object> pack = folders();
    JsonNode found = CommandRun.answer(folder, pack, "--out", out);
    assertEquals(3, found.get("pictures").asInt());
    assertEquals(1, found.get("skipped").size());
    JsonNode skipped = found.get("skipped").get(0);
    assertEquals("val", skipped.get("split").asText());
    assertEquals("val/door/2.png", skipped.get("name").asText());
    assertEquals(1, skipped.get("id").asInt());
    assertEquals("found text; expected a JPEG or PNG picture", skipped.get("reason").asText());
    CommandRun again = CommandRun.of(pack, "--out", out, "--resume").assertDone();
    assertTrue(again.out().contains("skipped val/door/2.png: found text"), again.out());
  }

  @Test
  void aCacheIsGoneOnWithOnlyAsItWasBegun() throws IOException {
    Path out = folder.resolve("out");
    List<Object> pack = folders();
    CommandRun.of(pack, "--out", out).assertDone();
    Refusal.expect(folder, List.of(pack, "--out", out), "--out", "not empty", "--resume");
    Refusal.expect(
        folder, List.of(pack, "--size", 8, "--out", out, "--resume"), "--size", "only once");
    List<Object> smaller = List.of("pack", pack.subList(1, 5), "--size", 8, "--out", out);
    Refusal.expect(folder, List.of(smaller, "--resume"), "--size was 16", "is 8 now");
    Files.delete(folder.resolve("data/val/wall/1.png"));
    Refusal.expect(folder, List.of(pack, "--out", out, "--resume"), "--data was 4 pictures");
    writePicture(folder.resolve("data/val/wall/1.png"), 9, 9);
    var before = Refusal.contents(out);
    CommandRun.of(pack, "--out", out, "--resume").assertDone();
    assertEquals(before, Refusal.contents(out));
  }

  @Test
  void damagedCachesAreNamed() throws IOException {
    Path out = folder.resolve("out");
    List<Object> pack = List.of("pack", SHAPES, "--split", "val", "--size", 16, "--out", out);
    CommandRun.of(pack).assertDone();
    Path model = Tiny.train(folder.resolve("model"), 1);
    List<Object> evaluate = List.of("evaluate", "--model", model, "--data", "packed:" + out);
    Path shard = out.resolve("val/00000.rgb");
    byte[] sound = Files.readAllBytes(shard);
    byte[] damaged = sound.clone();
    damaged[768 * 7 + 1] ^= 1;
    Files.write(shard, damaged);
    Refusal.expect(folder, evaluate, shard, "picture '7'", "has changed", "pack again");
    Refusal.expect(folder, List.of(pack, "--resume"), shard, "has changed", "pack again");
    Files.write(shard, List.of("short"));
    Refusal.expect(folder, evaluate, shard, "6 bytes found", "expected 1536000");
  }

  @Test
  void wrongInputsAreRefusedAtTheStart() throws IOException {
    Path out = folder.resolve("out");
    List<Object> pack = List.of("pack", "--out", out);
    Refusal.expect(folder, List.of(pack, SHAPES, "--size", 0), "size 0", "from 1 to 8192");
    Refusal.expect(folder, List.of(pack, SHAPES, "--size", 9000), "size 9000", "from 1 to 8192");
    Refusal.expect(folder, List.of(pack, SHAPES), "--size");
    Refusal.expect(folder, List.of(pack, SHAPES, "--size", 8, "--split", "all"), "'all'", "train");
    Refusal.expect(folder, List.of(pack, SHAPES, "--size", 8, "--resume"), "nothing to resume");
    Path empty = Files.createDirectory(folder.resolve("empty"));
    Refusal.expect(
        folder, List.of(pack, "--size", 8, "--data", "folder:" + empty), "no folder 'train'");
    assertFalse(Files.exists(out));
  }

  @Test
  void whatDoesNotFitOnTheDiskIsRefusedAtTheStart() throws IOException {
    long needed = 12_000L * 3 * 8192 * 8192;
    long free = Files.getFileStore(folder).getUsableSpace();
    assumeTrue(free < needed, "a disk with " + free + " free bytes has room for everything");
    Path out = Files.createDirectory(folder.resolve("out"));
    List<Object> pack = List.of("pack", SHAPES, "--size", 8192, "--out", out);
    Refusal.expect(folder, pack, "--out", needed + " more bytes", "do not fit", "lower --size");
  }
}
