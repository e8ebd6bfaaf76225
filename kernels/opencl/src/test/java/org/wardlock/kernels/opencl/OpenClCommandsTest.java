package org.wardlock.kernels.opencl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The commands from end to end with {@code --device opencl}, each in a JVM of its own, and what
 * they answer beside the CPU's answers. Rounding differs, and nothing else.
 */
class OpenClCommandsTest {
  private static final List<String> DEVICES = List.of("cpu", "opencl");
  private static final double EPSILON = 2.0 / 255;

  @TempDir private Path folder;

  @BeforeEach
  void requireDevice() {
    OpenClTestDevice.get();
  }

  @Test
  void convMixerOnDrawnShapes() throws IOException, InterruptedException {
    agree("shapes:16", "convmixer-8-1-k3-p4", 16);
  }

  @Test
  void visionTransformerOnPhotographs() throws IOException, InterruptedException {
    Path shared = Path.of(System.getProperty("wardlock.shared", "../../../shared"));
    Path pictures = shared.resolve("data").resolve("cifar10-small");
    assumeTrue(
        Files.exists(pictures),
        () -> pictures + " is absent: set -Dwardlock.shared to the shared folder");
    agree("cifar10:" + pictures, "vit-16-1-h2-p8", 32);
  }

  private void agree(String data, String model, int size) throws IOException, InterruptedException {
    var trained = new ArrayList<JsonNode>();
    var evaluated = new ArrayList<JsonNode>();
    var attacked = new ArrayList<JsonNode>();
    for (String device : DEVICES) {
      List<Object> of = List.of("--data", data, "--limit", 40, "--device", device);
      Path run = folder.resolve(device);
      List<Object> network = List.of("--model", model, "--image-size", size);
      List<Object> recipe = List.of("--epochs", 1, "--batch", 20, "--augment", "flip,crop");
      trained.add(answer("train", of, network, recipe, "--out", run));
      // both devices judge and attack the model that the CPU trained
      Path judged = folder.resolve(DEVICES.getFirst());
      Path predictions = folder.resolve(device + ".csv");
      evaluated.add(answer("evaluate", of, "--model", judged, "--predictions", predictions));
      List<Object> pgd = List.of("--attack", "pgd", "--norm", "linf", "--eps", "2/255");
      Path out = folder.resolve(device + "-attack");
      attacked.add(answer("attack", of, "--model", judged, pgd, "--steps", 3, "--out", out));
    }
    requireClose(trained, 1e-3, "epochs", 0, "loss");
    requireClose(trained, 0.01, "final", "val_top1");
    requireClose(evaluated, 1e-4, "loss");
    requireClose(evaluated, 0, "top1");
    requireClose(attacked, 0, "clean_accuracy");
    requireClose(attacked, 0.05, "robust_accuracy");
    for (JsonNode answer : attacked) {
      double norm = answer.get("max_norm").asDouble();
      assertTrue(norm <= EPSILON, "largest change " + norm);
    }
    assertTrue(evaluated.getLast().get("device").asText().startsWith("opencl"));
    assertArrayEquals(firstChoices("cpu"), firstChoices("opencl"));
  }

  /** The columns of index, label and first choice. */
  private String[] firstChoices(String device) throws IOException {
    try (var lines = Files.lines(folder.resolve(device + ".csv"))) {
      return lines
          .map(line -> String.join(",", Arrays.copyOf(line.split(","), 3)))
          .toArray(String[]::new);
    }
  }

  private static void requireClose(List<JsonNode> answers, double tolerance, Object... path) {
    double[] values = new double[answers.size()];
    for (int i = 0; i < values.length; i++) {
      JsonNode node = answers.get(i);
      for (Object step : path) {
        node = step instanceof Integer index ? node.get(index) : node.get((String) step);
      }
      assertTrue(node.isNumber(), () -> Arrays.toString(path));
      values[i] = node.asDouble();
    }
    assertEquals(values[0], values[1], tolerance, () -> Arrays.toString(path));
  }

  /** Runs a command that must succeed, and reads the answer it writes. */
  private JsonNode answer(Object... words) throws IOException, InterruptedException {
    Path answer = Files.createTempFile(folder, "answer", ".json");
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx1g", "--enable-native-access=ALL-UNNAMED"));
    command.add("-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add("org.wardlock.cli.Main");
    for (Object word : words) {
      if (word instanceof List<?> several) {
        several.forEach(one -> command.add(one.toString()));
      } else {
        command.add(word.toString());
      }
    }
    command.addAll(List.of("--json", answer.toString()));
    File log = Files.createTempFile(folder, "command", ".log").toFile();
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log).start();
    int status = process.waitFor();
    assertEquals(0, status, () -> words[0] + ": " + read(log.toPath()));
    return new ObjectMapper().readTree(answer.toFile());
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }
}
