package org.wardlock.cli;

import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Weights, run folders and names of models that are not as they must be. */
class RefusedModelTest {
  @TempDir private static Path folder;
  private static Path model;

  @BeforeAll
  static void prepare() throws IOException {
    model = Tiny.train(folder.resolve("model"), 1);
    Files.writeString(folder.resolve("answer.json"), "{\"kept\": true}\n");
  }

  private static void refuse(List<Object> words, Object... parts) throws IOException {
    Path answer = folder.resolve("answer.json");
    Refusal.expect(folder, List.of("evaluate", Tiny.DATA, words, "--json", answer), parts);
  }

  private static String tensor(String name, String type, String shape, long begin, long end) {
    return "\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
        .formatted(name, type, shape, begin, end);
  }

  /** What a header of a file with 16 bytes of data says, and what the one line must say. */
  static Stream<Arguments> lies() {
    String good = tensor("a", "F32", "[2]", 0, 8);
    return Stream.of(
        arguments(
            "{" + good + "," + tensor("b", "F32", "[2]", 8, 24) + "}",
            List.of("tensor b", "[8, 24]", "16 bytes")),
        arguments(
            "{" + tensor("a", "F32", "[2]", 8, 0) + "}", List.of("tensor a", "[8, 0]", "asc")),
        arguments(
            "{" + tensor("a", "F32", "[3]", 0, 12) + "," + tensor("b", "F32", "[2]", 8, 16) + "}",
            List.of("tensor b", "8")),
        arguments("{" + good + "}", List.of("16")),
        arguments(
            "{" + tensor("a", "F32", "[4]", 0, 8) + "}", List.of("tensor a", "8 bytes", "16")),
        arguments(
            "{" + tensor("a", "F32", "[4294967296,4294967296]", 0, 16) + "}",
            List.of("tensor a", "4294967296", "too large")),
        arguments(
            "{" + tensor("a", "F32", "[2147483647,2147483647,2147483647]", 0, 16) + "}",
            List.of("tensor a")),
        arguments("{" + tensor("a", "F31", "[4]", 0, 16) + "}", List.of("tensor a", "F31")),
        arguments("{\"a\":", List.of("JSON")),
        arguments("[1,2,3]", List.of("expected an object")),
        arguments("{\"a\":[[[[[[[[[[", List.of("tensor a", "expected an object")),
        arguments("{" + good + "," + good + "}", List.of("JSON", "'a'")),
        arguments("{\"a\":{\"dtype\":\"F32\"}}", List.of("tensor a", "lacks")));
  }

  @ParameterizedTest
  @MethodSource("lies")
  void aLyingHeaderIsFoundOut(String header, List<Object> parts) throws IOException {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer file = ByteBuffer.allocate(Long.BYTES + json.length + 16);
    file.order(ByteOrder.LITTLE_ENDIAN).putLong(json.length).put(json);
    refuseWeights(file.array(), parts);
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, Long.MAX_VALUE, 1 << 30, 9})
  void theHeadersLengthIsNotBelieved(long length) throws IOException {
    ByteBuffer file = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN).putLong(length);
    refuseWeights(file.array(), List.of(Long.toUnsignedString(length), "expected at most 8"));
  }

  @Test
  void filesThatAreNoSafetensorsAreRefused() throws IOException {
    refuseWeights(new byte[0], List.of("0 bytes long", "expected a safetensors file"));
    refuseWeights("PK\3\4 something else".getBytes(), List.of("no safetensors file"));
    byte[] whole = Files.readAllBytes(model.resolve("model.safetensors"));
    refuseWeights(Arrays.copyOf(whole, whole.length - 1), List.of("bytes"));
  }

  @Test
  void weightsMustBeOfATypeThatIsRead() throws IOException {
    byte[] whole = Files.readAllBytes(model.resolve("model.safetensors"));
    String text = new String(whole, StandardCharsets.ISO_8859_1);
    String unread = text.replaceFirst("(\"stem.0.weight\":[{]\"dtype\":\")F32", "$1U32");
    refuseWeights(
        unread.getBytes(StandardCharsets.ISO_8859_1),
        List.of("stem.0.weight", "U32", "expected F32, F16"));
  }

  private static void refuseWeights(byte[] content, List<Object> parts) throws IOException {
    Path file = Files.write(folder.resolve("lying.safetensors"), content);
    List<Object> weights = List.of(Tiny.NETWORK, "--weights", file);
    refuse(weights, file, parts);
    // attacks and training must find it before they make their folder
    List<Object> out = List.of(Tiny.DATA, weights, "--out", folder.resolve("out"));
    List<Object> attack = List.of("attack", "--attack", "fgsm", "--eps", "1/255");
    Refusal.expect(folder, List.of(attack, out), file, parts);
    Refusal.expect(folder, List.of("train", Tiny.recipe(1), out), file, parts);
  }

  @Test
  void weightsMustFitTheArchitecture() throws IOException {
    Path weights = model.resolve("model.safetensors");
    refuse(
        List.of("--model", "convmixer-16-1-k3-p4", "--image-size", 16, "--weights", weights),
        List.of(weights, "stem.0.weight", "[8,3,4,4]", "[16,3,4,4]"));
    refuse(
        List.of("--model", "convmixer-8-2-k3-p4", "--image-size", 16, "--weights", weights),
        weights,
        "blocks.1");
    refuse(List.of("--model", "vit-8-1-h2-p8", "--image-size", 16, "--weights", weights), weights);
    refuse(List.of(Tiny.NETWORK, "--classes", 7, "--weights", weights), weights, "10", "7");
  }

  @Test
  void filesMustBeThere() throws IOException {
    Path gone = folder.resolve("gone.safetensors");
    refuse(List.of(Tiny.NETWORK, "--weights", gone), gone, "no such file");
    refuse(List.of(Tiny.NETWORK, "--weights", folder), folder);
    refuse(List.of("--model", Files.createDirectories(folder.resolve("empty"))), "empty");
    refuse(Tiny.NETWORK, "convmixer-8-1-k3-p4", "--weights");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"alexnet", "convmixer-8", "convmixer-0-1-k3-p4", "resnet34", "vit-0-1-h1-p8"})
  void unknownModelsAreAnsweredWithTheKnownOnes(String name) throws IOException {
    refuse(List.of("--model", name, "--weights", model.resolve("model.safetensors")), name);
  }

  @Test
  void runFoldersMustBeWhole() throws IOException {
    Path broken = Files.createDirectories(folder.resolve("broken"));
    refuse(List.of("--model", broken), broken.resolve("config.json"));
    Files.writeString(broken.resolve("config.json"), "{\"format\": 1,");
    refuse(List.of("--model", broken), broken.resolve("config.json"));
    Files.copy(
        model.resolve("config.json"),
        broken.resolve("config.json"),
        StandardCopyOption.REPLACE_EXISTING);
    refuse(List.of("--model", broken), broken.resolve("model.safetensors"), "no such file");
    Path records = folder.resolve("records");
    CommandRun.of(
            List.of("attack", Tiny.DATA, "--model", model, "--attack", "fgsm", "--eps", "1/255"),
            List.of("--out", records))
        .assertDone();
    refuse(List.of("--model", records), records, "expected a folder made by train");
  }
}
