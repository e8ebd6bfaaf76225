package org.wardlock.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardlock.attacks.Rows;
import org.wardlock.data.Dataset;
import org.wardlock.data.Selection;
import org.wardlock.data.Split;
import org.wardlock.data.source.DataSource;
import org.wardlock.nn.weights.Safetensors;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/** What {@code attack} says of a model, and the records it leaves. */
class AttackAnswersTest {
  private static final double RADIUS = 8.0 / 255;

  /** In one batch these are values enough for several threads: work is shared out from 2^15 on. */
  private static final int PARALLEL_PICTURES = 200;

  @TempDir private static Path folder;
  private static Path model;

  @BeforeAll
  static void train() {
    model = Tiny.train(folder.resolve("model"), 6, "--lr", 0.03);
  }

  private static List<Object> words(Path out) {
    return List.of(
        List.of("attack", "--model", model, "--out", out),
        List.of("--data", "shapes:16", "--split", "train", "--limit", 60),
        List.of("--eps", "8/255", "--attack", "fgsm,pgd", "--steps", 3));
  }

  private static JsonNode attack(Path out, Object... more) throws IOException {
    return CommandRun.answer(folder, words(out), List.of(more));
  }

  @Test
  void recordsAgreeWithTheShares() throws IOException {
    Path out = folder.resolve("agreeing");
    JsonNode answer = attack(out);
    List<String> lines = Files.readAllLines(out.resolve("records.csv"));
    assertEquals("index,label,clean_pred,broken_by,norm,queries,ok_at_8bit", lines.getFirst());
    List<String[]> rows = lines.stream().skip(1).map(line -> line.split(",", -1)).toList();
    assertEquals(60, rows.size());
    assertEquals(60, answer.get("images").asInt());
    long right = rows.stream().filter(row -> row[1].equals(row[2])).count();
    long byFgsm = rows.stream().filter(row -> row[3].equals("fgsm")).count();
    long byPgd = rows.stream().filter(row -> row[3].equals("pgd")).count();
    assertTrue(byFgsm > 0 && right > byFgsm, "this model was to be broken in part");
    assertShare(right, answer.get("clean_accuracy"));
    assertShare(right - byFgsm - byPgd, answer.get("robust_accuracy"));
    JsonNode attacks = answer.get("attacks");
    assertEquals(2, attacks.size());
    assertEquals("fgsm", attacks.get(0).get("name").asText());
    assertEquals("pgd", attacks.get(1).get("name").asText());
    assertShare(right - byFgsm, attacks.get(0).get("robust_after"));
    assertShare(right - byFgsm - byPgd, attacks.get(1).get("robust_after"));
    for (String[] row : rows) {
      boolean broken = !row[3].isEmpty();
      double norm = Double.parseDouble(row[4]);
      assertTrue(broken ? norm > 0 && norm <= RADIUS + 1e-9 : norm == 0, String.join(",", row));
      assertTrue(!broken || row[1].equals(row[2]), "what was wrong already cannot be broken");
    }
    double largest = rows.stream().mapToDouble(row -> Double.parseDouble(row[4])).max().orElse(-1);
    assertEquals(largest, answer.get("max_norm").asDouble());
  }

  private static void assertShare(long count, JsonNode share) {
    assertEquals(count / 60.0, share.asDouble(), 1e-12);
  }

  @Test
  void costsAndFlagsAreThere() throws IOException {
    JsonNode answer = attack(folder.resolve("costs"));
    for (JsonNode line : answer.get("attacks")) {
      assertTrue(line.get("seconds").asDouble() >= 0);
      assertTrue(line.get("forward").asLong() > 0);
      assertTrue(line.get("backward").asLong() > 0);
    }
    assertTrue(answer.get("flags").isArray());
    assertEquals("linf 8/255", answer.get("threat").asText());
  }

  /** An attack that hardly moves is no attack, and diagnosis says so. */
  @Test
  void diagnosisSeesAnAttackThatIsNotDone() throws IOException {
    Path out = folder.resolve("diagnosed");
    JsonNode answer =
        CommandRun.answer(
            folder,
            List.of("attack", "--model", model, "--out", out),
            List.of("--data", "shapes:16", "--split", "train", "--limit", 20),
            List.of("--eps", "8/255", "--attack", "pgd", "--steps", 2, "--step-size", "1/2000"),
            List.of("--diagnose"));
    JsonNode flags = answer.get("flags");
    assertEquals(1, flags.size(), flags.toString());
    assertEquals("incomplete-optimisation", flags.get(0).get("name").asText());
    assertTrue(flags.get(0).get("seen").asText().contains("pgd"), flags.toString());
    assertEquals("give it more steps, or larger ones", flags.get(0).get("next").asText());
  }

  @Test
  void sharesComeWithTheirIntervals() throws IOException {
    Path out = folder.resolve("intervals");
    JsonNode answer = attack(out);
    assertEquals("Wilson score, 95 %", answer.get("interval").asText());
    for (String name : List.of("clean_accuracy", "robust_accuracy", "robust_accuracy_at_8bit")) {
      double share = answer.get(name).asDouble();
      double low = answer.get(name + "_interval").get(0).asDouble();
      double high = answer.get(name + "_interval").get(1).asDouble();
      assertTrue(0 <= low && low <= share && share <= high && high <= 1, answer.toString());
      assertTrue(high - low > 0.05 && high - low < 0.3, "60 pictures say more or less than this");
    }
    assertEquals(answer, CommandRun.json(out.resolve("attack.json")));
  }

  @Test
  void costsAreAnnouncedAndTheTableIsForPeople() {
    Path out = folder.resolve("announced");
    List<String> lines = CommandRun.of(words(out)).assertDone().out().lines().toList();
    // forward: one look at the clean picture, two of fgsm, four of pgd; backward: one and three
    assertTrue(
        lines
            .getFirst()
            .matches(
                "60 pictures; at most 420 forward and 240 backward passes, [0-9]+ s at the pace of"
                    + " a first look"),
        lines.getFirst());
    assertTrue(lines.get(1).matches("clean +[0-9.]+ % +[0-9.]+ to [0-9.]+ %"), lines.get(1));
    for (String word : List.of("fgsm ", "pgd ", "robust ", "at 8 bit ", "intervals  Wilson")) {
      assertEquals(1, lines.stream().filter(line -> line.startsWith(word)).count(), word);
    }
  }

  @Test
  void aLimitTakesClassesEvenlyAndIdsAreTakenAsListed() throws IOException {
    Path limited = folder.resolve("limited");
    attack(limited);
    var classes = new TreeMap<String, Integer>();
    for (String line : Files.readAllLines(limited.resolve("records.csv")).subList(1, 61)) {
      classes.merge(line.split(",", -1)[1], 1, Integer::sum);
    }
    assertEquals(List.of(6, 6, 6, 6, 6, 6, 6, 6, 6, 6), List.copyOf(classes.values()));
    Path ids = Files.writeString(folder.resolve("ids"), "17\n3\n# not this: 5\n256\n");
    Path listed = folder.resolve("listed");
    CommandRun.of(
            List.of("attack", "--model", model, "--out", listed, "--eps", "8/255"),
            List.of("--data", "shapes:16", "--ids", ids, "--attack", "fgsm"))
        .assertDone();
    assertEquals(
        List.of("index", "17", "3", "256"),
        Files.readAllLines(listed.resolve("records.csv")).stream()
            .map(line -> line.split(",", -1)[0])
            .toList());
  }

  @Test
  void timesAreAsExactAsEstimatesAre() {
    assertEquals("1 s", AttackConsole.inWords(Duration.ofMillis(3)));
    assertEquals("99 s", AttackConsole.inWords(Duration.ofSeconds(99)));
    assertEquals("2 min", AttackConsole.inWords(Duration.ofSeconds(100)));
    assertEquals("3 h 20 min", AttackConsole.inWords(Duration.ofMinutes(200)));
  }

  @Test
  void theBatchChangesNoRecord() throws IOException {
    Path one = folder.resolve("one");
    Path all = folder.resolve("all");
    attack(one, "--batch", 7);
    attack(all, "--batch", 60);
    assertEquals(
        Files.readAllLines(one.resolve("records.csv")),
        Files.readAllLines(all.resolve("records.csv")));
  }

  /** How many threads compute is settled once in a process, so each number has its own. */
  @Test
  void theNumberOfThreadsChangesNoRecord() throws IOException, InterruptedException {
    List<String> one = recordsOfAProcess(1);
    assertEquals(1 + PARALLEL_PICTURES, one.size());
    assertTrue(one.stream().anyMatch(line -> line.contains(",pgd,")), "nothing was broken");
    assertEquals(one, recordsOfAProcess(2));
  }

  private static List<String> recordsOfAProcess(int threads)
      throws IOException, InterruptedException {
    Path out = folder.resolve("threads" + threads);
    Path said = folder.resolve("said" + threads);
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx512m", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("--add-modules", "jdk.incubator.vector", "-cp", classPath()));
    command.addAll(List.of(Main.class.getName(), "attack", "--model", model.toString()));
    command.addAll(List.of("--out", out.toString(), "--threads", "" + threads));
    command.addAll(List.of("--data", "shapes:16", "--split", "train"));
    command.addAll(List.of("--limit", "" + PARALLEL_PICTURES, "--batch", "" + PARALLEL_PICTURES));
    command.addAll(List.of("--eps", "8/255", "--attack", "pgd", "--steps", "3"));
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile()).start();
    assertEquals(0, process.waitFor(), Files.readString(said));
    return Files.readAllLines(out.resolve("records.csv"));
  }

  /** Everything this test runs with, on one path. */
  private static String classPath() {
    return System.getProperty("java.class.path")
        + File.pathSeparator
        + System.getProperty("jdk.module.path", "");
  }

  @Test
  void aFinishedAttackIsResumedToTheSame() throws IOException {
    Path out = folder.resolve("resumed");
    JsonNode first = attack(out);
    byte[] records = Files.readAllBytes(out.resolve("records.csv"));
    JsonNode again = attack(out, "--resume");
    assertEquals(first, again);
    assertEquals(new String(records), Files.readString(out.resolve("records.csv")));
  }

  @Test
  void keptImagesAreTheAttackedPicturesWithinTheBall() throws IOException {
    Path out = folder.resolve("kept");
    attack(out, "--keep-images", "--batch", 7);
    List<String> lines = Files.readAllLines(out.resolve("records.csv"));
    float[][] clean = cleanPictures();
    try (Scope _ = Scope.open("kept pictures");
        Safetensors file = Safetensors.open(out.resolve("adversarial.safetensors"))) {
      assertEquals("linf 8/255", file.metadata().get("threat"));
      Tensor images = file.tensor("images", Device.CPU);
      assertEquals(Shape.of(60, 3, 16, 16), images.shape());
      float[][] kept = Rows.toHost(images);
      for (int i = 0; i < kept.length; i++) {
        double change = largestChange(clean[i], kept[i]);
        assertTrue(change <= RADIUS + 1e-9, lines.get(i + 1));
        double norm = Double.parseDouble(lines.get(i + 1).split(",", -1)[4]);
        assertEquals(norm, change, 1e-9, lines.get(i + 1));
      }
    }
    byte[] whole = Files.readAllBytes(out.resolve("adversarial.safetensors"));
    attack(out, "--keep-images", "--resume");
    assertArrayEquals(whole, Files.readAllBytes(out.resolve("adversarial.safetensors")));
  }

  /** What {@link #attack} attacks, in order. */
  private static float[][] cleanPictures() {
    Dataset dataset = DataSource.parse("shapes:16").open(Split.TRAIN, Selection.limit(60, 0));
    float[][] pictures = new float[60][3 * 16 * 16];
    byte[] pixels = new byte[3 * 16 * 16];
    for (int i = 0; i < pictures.length; i++) {
      dataset.copyPixels(i, pixels, 0);
      for (int k = 0; k < pixels.length; k++) {
        pictures[i][k] = Byte.toUnsignedInt(pixels[k]) / 255f;
      }
    }
    return pictures;
  }

  private static double largestChange(float[] clean, float... changed) {
    double largest = 0;
    for (int i = 0; i < clean.length; i++) {
      largest = Math.max(largest, Math.abs((double) changed[i] - clean[i]));
    }
    return largest;
  }

  @Test
  void imagesAreKeptOnlyOnRequest() throws IOException {
    Path out = folder.resolve("unkept");
    attack(out);
    try (Stream<Path> files = Files.list(out)) {
      assertTrue(files.noneMatch(file -> file.getFileName().toString().contains("adversarial")));
    }
    CommandRun.of(words(out), "--keep-images", "--resume")
        .assertRefused("--keep-images was false", "true now");
  }
}
