package org.wardlock.nn.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wardlock.data.DataIdentity;
import org.wardlock.nn.PixelStatistics;
import org.wardlock.nn.Shared;
import org.wardlock.nn.files.FormatException;
import org.wardlock.nn.weights.Safetensors;
import org.wardlock.nn.weights.WeightsException;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

class RunConfigTest {
  private static final Architecture ARCHITECTURE =
      Architecture.named("convmixer-8-1-k3-p4").withClasses(3).with(PixelStatistics.IMAGENET);

  @TempDir Path folder;

  private static RunConfig config(Optional<String> keyId) {
    return new RunConfig(
        "wardlock 1",
        "train",
        Map.of("lr", "0.1"),
        Long.MIN_VALUE,
        "cpu",
        Optional.of(new RunConfig.Data("shapes", new DataIdentity(10, "abc"))),
        Optional.of(new ModelConfig(ARCHITECTURE, List.of("a", "b", "\"c\""), keyId)));
  }

  @Test
  void readsWhatItWrote() throws IOException {
    for (Optional<String> keyId : List.of(Optional.<String>empty(), Optional.of("k1"))) {
      RunConfig config = config(keyId);
      config.write(folder);
      assertEquals(config, RunConfig.read(folder));
    }
    var bare = new RunConfig("w", "attack", Map.of(), 0, "cpu", Optional.empty(), Optional.empty());
    bare.write(folder);
    assertEquals(bare, RunConfig.read(folder));
    var error = assertThrows(FormatException.class, () -> ModelFolder.open(folder));
    assertEquals(
        folder + ": a run of 'attack' that holds no model; expected a folder made by train",
        error.getMessage());
  }

  @Test
  void aFolderOfARunLoads() throws IOException {
    config(Optional.empty()).write(folder);
    try (Scope _ = Scope.open("test")) {
      Network network = Network.initial(ARCHITECTURE, Shared.device(), 4);
      Path weights = folder.resolve(ModelFolder.WEIGHTS);
      Safetensors.write(weights, network.parameters().state(Shared.device()), Map.of());
      ModelFolder found = ModelFolder.open(folder);
      assertEquals("b", found.config().className(1));
      try (ImageClassifier classifier = found.classifier(Shared.device());
          ImageClassifier expected = ImageClassifier.copyOf(network)) {
        Tensor x = Tensor.zeros(Shared.device(), Shape.of(1, 3, 32, 32));
        assertArrayEquals(expected.logits(x).toFloats(), classifier.logits(x).toFloats());
      }
      Files.delete(weights);
      assertThrows(WeightsException.class, () -> found.classifier(Shared.device()));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"format\" : 1 | \"format\" : 2 | format 2, expected 1",
        "\"seed\" : -9223372036854775808 | \"seed\" : 1.5 | seed is the number 1.5, expected a whole number",
        "\"seed\" : -9223372036854775808, | `` | seed is missing, expected a whole number",
        "\"train\" | [] | command is an array, expected text",
        "\"lr\" : \"0.1\" | \"lr\" : 1 | options.lr is the number 1, expected text",
        "\"count\" : 10 | \"count\" : -1 | data.count is -1, expected 0 to 2147483647",
        "\"image_size\" : 32 | \"image_size\" : 30 | image size 30 is no multiple",
        "\"bicubic\" | \"cubic\" | interpolation 'cubic', expected one of bilinear, bicubic",
        "convmixer-8 | alexnet-8 | model 'alexnet-8-1-k3-p4': unknown",
        "\"classes\" : 3 | \"classes\" : 4 | 3 class names for 4 classes",
        "0.229, | `` | 3 means and 2 deviations",
        "\"seed\" | \"device\" | no valid JSON: Duplicate field 'device'",
        "\"options\" : { | \"options\" : | no valid JSON",
      })
  void whatIsWrongIsNamed(String from, String to, String expected) throws IOException {
    config(Optional.empty()).write(folder);
    Path file = folder.resolve(RunConfig.FILE);
    String text = Files.readString(file);
    String changed = text.replace(from, to);
    assertTrue(!changed.equals(text), text);
    Files.writeString(file, changed);
    var error = assertThrows(FormatException.class, () -> RunConfig.read(folder));
    assertTrue(error.getMessage().startsWith(file + ": "), error::getMessage);
    assertTrue(error.getMessage().contains(expected), error::getMessage);
    assertEquals(1, error.getMessage().lines().count(), error::getMessage);
  }

  @Test
  void otherFilesAreRefused() throws IOException {
    Path file = folder.resolve(RunConfig.FILE);
    var missing = assertThrows(FormatException.class, () -> RunConfig.read(folder));
    assertEquals(file + ": cannot be read: no such file", missing.getMessage());
    Files.writeString(file, "[1]");
    var array = assertThrows(FormatException.class, () -> RunConfig.read(folder));
    assertEquals(file + ": holds an array, expected a JSON object", array.getMessage());
    Files.write(file, new byte[] {'{', (byte) 0xFF, '}'});
    var binary = assertThrows(FormatException.class, () -> RunConfig.read(folder));
    assertEquals(file + ": not UTF-8, expected JSON in UTF-8", binary.getMessage());
  }
}
